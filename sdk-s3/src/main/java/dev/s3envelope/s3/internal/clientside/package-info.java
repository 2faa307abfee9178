/**
 * Encryption and decryption of object bodies on the client: how a decided mode reaches the body, bodies as messages, reads back into
 * plaintext terms. No public API; types are public for the clients and for the uploads in parts beside it.
 */
@NullMarked
package dev.s3envelope.s3.internal.clientside;

import org.jspecify.annotations.NullMarked;
