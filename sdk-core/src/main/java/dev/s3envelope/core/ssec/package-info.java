/**
 * Customer-provided keys (SSE-C): the key as a secret that can be destroyed, and sources that give each object its key and,
 * after a rotation, the keys it may have been written with.
 */
@NullMarked
package dev.s3envelope.core.ssec;

import org.jspecify.annotations.NullMarked;
