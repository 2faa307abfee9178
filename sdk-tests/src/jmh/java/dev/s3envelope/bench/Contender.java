package dev.s3envelope.bench;

import software.amazon.awssdk.services.s3.S3Client;

/**
 * One client in a comparison.
 *
 * @param name as the table shows it
 * @param s3 the client
 * @param forget makes it forget the data keys it holds, so that counting starts from nothing
 */
record Contender(String name, S3Client s3, Runnable forget) {}
