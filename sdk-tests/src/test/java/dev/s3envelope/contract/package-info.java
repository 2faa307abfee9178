/**
 * What the clients promise, as suites that run the same on the synchronous and the asynchronous client, on LocalAws always, where they can on
 * S3Proxy, on LocalStack where Docker is there, and on AWS where the environment says so. Tests are not held to null annotations.
 */
package dev.s3envelope.contract;
