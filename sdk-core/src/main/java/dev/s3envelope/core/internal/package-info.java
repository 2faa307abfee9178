/** Small pieces shared by the packages of the core: quoting of untrusted text, strict JSON. Not for callers. */
@NullMarked
package dev.s3envelope.core.internal;

import org.jspecify.annotations.NullMarked;
