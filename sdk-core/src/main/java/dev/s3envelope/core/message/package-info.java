/**
 * The client-side encrypted message, byte for byte that of the AWS Encryption SDK, without any I/O: header, frame arithmetic, frame
 * encryption, and coders that are pushed bytes and give bytes.
 *
 * <p>Start at {@link dev.s3envelope.core.message.MessageEngine}. Writing: {@code create} a message, then take its
 * {@code encryptor} (whole body) or {@code partEncryptor} (multipart). Reading: feed a {@code HeaderParser}, {@code open} the message, then
 * take its {@code decryptor} (whole body) or {@code rangeDecryptor} (part of it). Source of the format: AWS Encryption SDK
 * specification, data-format and client-apis.
 */
@NullMarked
package dev.s3envelope.core.message;

import org.jspecify.annotations.NullMarked;
