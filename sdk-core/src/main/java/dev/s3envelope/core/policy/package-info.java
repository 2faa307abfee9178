/**
 * Which mode each object gets: ordered rules over what is known of the object before it is written, in code or as a JSON file,
 * with an explanation of every decision.
 */
@NullMarked
package dev.s3envelope.core.policy;

import org.jspecify.annotations.NullMarked;
