@NullMarked
package dev.s3envelope.kms;

import org.jspecify.annotations.NullMarked;
