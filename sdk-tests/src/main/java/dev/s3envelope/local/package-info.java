@NullMarked
package dev.s3envelope.local;

import org.jspecify.annotations.NullMarked;
