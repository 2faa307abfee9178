/** Looks for buffers of Netty that nobody gave back, in every run of the tests. */
package dev.s3envelope.leaks;
