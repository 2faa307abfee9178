package dev.s3envelope.s3.metrics;

import java.time.Duration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/** Times the requests of a KMS client. */
final class KmsRequestTimes implements ExecutionInterceptor {
    private static final ExecutionAttribute<Long> BEGAN = new ExecutionAttribute<>("S3EnvelopeKmsRequestBegan");

    private final EnvelopeMetrics metrics;

    KmsRequestTimes(EnvelopeMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        attributes.putAttribute(BEGAN, System.nanoTime());
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        ended(attributes, true);
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        ended(attributes, false);
    }

    private void ended(ExecutionAttributes attributes, boolean success) {
        Long began = attributes.getAttribute(BEGAN);
        if (began != null) {
            metrics.time(
                    EnvelopeMeter.KMS_REQUESTS,
                    Duration.ofNanos(System.nanoTime() - began),
                    "operation",
                    String.valueOf(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME)),
                    "outcome",
                    EnvelopeMetrics.outcome(success));
        }
    }
}
