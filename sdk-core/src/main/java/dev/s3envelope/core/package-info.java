/**
 * The exceptions every layer of the SDK throws. Modes, policy, keys and formats live in the packages below; none of them
 * performs I/O against AWS.
 */
@NullMarked
package dev.s3envelope.core;

import org.jspecify.annotations.NullMarked;
