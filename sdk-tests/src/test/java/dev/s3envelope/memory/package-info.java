/** Large objects through clients in JVMs with little memory. */
@NullMarked
package dev.s3envelope.memory;

import org.jspecify.annotations.NullMarked;
