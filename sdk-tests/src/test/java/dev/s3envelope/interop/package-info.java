/** Our keyrings and formats against LocalAws, and against the libraries of AWS that read and write the same bytes. */
@NullMarked
package dev.s3envelope.interop;

import org.jspecify.annotations.NullMarked;
