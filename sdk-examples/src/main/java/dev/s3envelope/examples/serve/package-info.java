/** {@code envelope serve}: LocalAws as a process, set up from a file, for the AWS CLI and any other client. */
@NullMarked
package dev.s3envelope.examples.serve;

import org.jspecify.annotations.NullMarked;
