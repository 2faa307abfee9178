/**
 * What the commands of {@code envelope} share: where they read and write, how they connect, how a policy file becomes a client, how
 * a failure is told to a person; and the commands that move objects.
 */
@NullMarked
package dev.s3envelope.examples.cli;

import org.jspecify.annotations.NullMarked;
