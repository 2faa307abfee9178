package dev.s3envelope.local;

import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Holder;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import software.amazon.awssdk.policybuilder.iam.IamEffect;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;

/** What users and roles have in common: identity-based policies, a permissions boundary and tags. Changes count at once. */
final class PolicyHolder {
    private final Accounts accounts;
    private final Holder holder;
    private final PolicyType type;

    PolicyHolder(Accounts accounts, Holder holder, PolicyType type) {
        this.accounts = accounts;
        this.holder = holder;
        this.type = type;
    }

    void policy(String name, String json) {
        holder.policy(name, PolicyDocument.parse(type, name, json));
        accounts.changed(holder.account());
    }

    void allow(String action, String... resources) {
        IamPolicy policy = IamPolicy.builder()
                .addStatement(statement -> {
                    statement.effect(IamEffect.ALLOW).addAction(action);
                    for (String resource : resources.length == 0 ? new String[] {"*"} : resources) {
                        statement.addResource(resource);
                    }
                })
                .build();
        policy("allow-" + (holder.policies().size() + 1), policy.toJson());
    }

    void remove(String name) {
        holder.policy(name, null);
        accounts.changed(holder.account());
    }

    void clear() {
        holder.policies().keySet().forEach(name -> holder.policy(name, null));
        accounts.changed(holder.account());
    }

    NavigableMap<String, String> policies() {
        NavigableMap<String, String> texts = new TreeMap<>();
        holder.policies().forEach((name, document) -> texts.put(name, document.json()));
        return texts;
    }

    void boundary(String json) {
        holder.boundary(
                json.isEmpty()
                        ? null
                        : PolicyDocument.parse(PolicyType.PERMISSIONS_BOUNDARY, "boundary of " + holder.name(), json));
        accounts.changed(holder.account());
    }

    void tags(Map<String, String> tags) {
        holder.tags(tags);
        accounts.changed(holder.account());
    }
}
