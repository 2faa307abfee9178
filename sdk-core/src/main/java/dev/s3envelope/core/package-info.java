@NullMarked
package dev.s3envelope.core;

import org.jspecify.annotations.NullMarked;
