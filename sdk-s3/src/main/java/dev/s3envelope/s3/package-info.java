@NullMarked
package dev.s3envelope.s3;

import org.jspecify.annotations.NullMarked;
