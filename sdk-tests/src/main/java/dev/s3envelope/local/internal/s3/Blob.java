package dev.s3envelope.local.internal.s3;

/** A sealed run of bytes in the blob store: its plaintext length and the base64 salt its key is derived with. */
record Blob(String id, long length, String salt) {}
