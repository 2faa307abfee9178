@NullMarked
package dev.s3envelope.examples;

import org.jspecify.annotations.NullMarked;
