package dev.s3envelope.local.internal.iam;

import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.local.internal.http.AwsError;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All accounts of one instance and the access keys of their principals. Thread-safe. */
public final class Accounts implements CredentialStore {
    private static final Pattern ACCOUNT_ID = Pattern.compile("[0-9]{12}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9+=,.@_-]{1,64}");
    private static final Pattern PATH = Pattern.compile("([A-Za-z0-9+=,.@_-]+/)*");
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final String SECRET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private final String partition;
    private final SecureRandom random;
    private final Clock clock;
    private final Map<String, Account> accounts = new ConcurrentSkipListMap<>();
    private final Map<String, AccessKey> keys = new ConcurrentHashMap<>();
    private volatile Consumer<Account> listener = account -> {};

    /** An access key: whose it is, and what the session it belongs to adds. */
    record AccessKey(
            Credential credential, Holder holder, @Nullable String sessionName, List<PolicyDocument> sessionPolicies) {}

    public Accounts(String partition, SecureRandom random, Clock clock) {
        this.partition = partition;
        this.random = random;
        this.clock = clock;
    }

    /** Who hears of every change of an account, to keep it. */
    public void listener(Consumer<Account> hears) {
        this.listener = hears;
    }

    /** To be called after something of an account was changed. */
    public void changed(Account account) {
        listener.accept(account);
    }

    /** The account of 12 digits, made on first use. */
    public Account account(String id) {
        if (!ACCOUNT_ID.matcher(id).matches()) {
            throw new IllegalArgumentException("an account id has exactly 12 digits: " + id);
        }
        Account there = accounts.get(id);
        if (there != null) {
            return there;
        }
        Account made = new Account(id, partition);
        Account raced = accounts.putIfAbsent(id, made);
        if (raced != null) {
            return raced;
        }
        changed(made);
        return made;
    }

    /** The account, if it was made. */
    public Optional<Account> existing(@Nullable String id) {
        return id == null ? Optional.empty() : Optional.ofNullable(accounts.get(id));
    }

    public Collection<Account> all() {
        return List.copyOf(accounts.values());
    }

    /** Makes a user; {@code name} may start with a path, as in {@code team/alice}. */
    public Holder createUser(Account account, String name) {
        return restoreUser(account, name, uniqueId("AIDA"));
    }

    Holder restoreUser(Account account, String name, String uniqueId) {
        Holder user = account.createUser(path(name), bare(name), uniqueId);
        changed(account);
        return user;
    }

    /** Makes a role; {@code name} may start with a path. */
    public Holder createRole(Account account, String name, TrustPolicy trust) {
        return restoreRole(account, name, uniqueId("AROA"), trust);
    }

    Holder restoreRole(Account account, String name, String uniqueId, TrustPolicy trust) {
        Holder role = account.createRole(path(name), bare(name), uniqueId, trust);
        changed(account);
        return role;
    }

    private static String path(String name) {
        String path = name.substring(0, name.lastIndexOf('/') + 1);
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("not the path of a user or role: " + path);
        }
        return path;
    }

    private static String bare(String name) {
        String bare = name.substring(name.lastIndexOf('/') + 1);
        if (!NAME.matcher(bare).matches()) {
            throw new IllegalArgumentException(
                    "a user or role name has 1 to 64 letters, digits or any of +=,.@_- : '" + bare + "'");
        }
        return bare;
    }

    /** A new long-term access key of a user or root user. */
    public Credential issue(Holder holder) {
        Credential credential = new Credential(uniqueId("AKIA"), text(SECRET, 40), null, holder.principal(), null);
        keys.put(credential.accessKeyId(), new AccessKey(credential, holder, null, List.of()));
        changed(holder.account());
        return credential;
    }

    /** Puts back a long-term access key that was kept, or sets one that was chosen. */
    public Credential restore(Holder holder, String accessKeyId, String secretAccessKey) {
        Credential credential = new Credential(accessKeyId, secretAccessKey, null, holder.principal(), null);
        AccessKey before =
                keys.putIfAbsent(credential.accessKeyId(), new AccessKey(credential, holder, null, List.of()));
        if (before != null && before.holder() != holder) {
            throw new IllegalArgumentException("access key " + accessKeyId + " already belongs to "
                    + before.holder().arn());
        }
        changed(holder.account());
        return before == null ? credential : before.credential();
    }

    /** Temporary credentials: of a role's session if {@code sessionName} is given, else of the holder itself. */
    public Credential issueSession(
            Holder holder, @Nullable String sessionName, List<PolicyDocument> sessionPolicies, Duration life) {
        Identity identity = holder.identity(sessionName, sessionPolicies);
        Credential credential = new Credential(
                uniqueId("ASIA"),
                text(SECRET, 40),
                "Local" + text(SECRET, 250) + "==",
                identity.principal(),
                clock.instant().plus(life));
        keys.put(credential.accessKeyId(), new AccessKey(credential, holder, sessionName, sessionPolicies));
        return credential;
    }

    /** Takes an access key away; requests signed with it are refused from now on. */
    public void revoke(String accessKeyId) {
        AccessKey key = keys.remove(accessKeyId);
        if (key != null) {
            changed(key.holder().account());
        }
    }

    @Override
    public @Nullable Credential find(String accessKeyId) {
        AccessKey key = keys.get(accessKeyId);
        return key == null ? null : key.credential();
    }

    /** The long-term access keys of a principal. */
    public List<Credential> longTermKeys(Holder holder) {
        return keys.values().stream()
                .filter(key -> key.holder() == holder && key.credential().expiration() == null)
                .map(AccessKey::credential)
                .sorted(java.util.Comparator.comparing(Credential::accessKeyId))
                .toList();
    }

    /** Who a verified credential is now. */
    public Identity identity(Credential credential) {
        AccessKey key = key(credential);
        return key.holder().identity(key.sessionName(), key.sessionPolicies());
    }

    /** The root user of an account, as a caller. */
    public Identity rootOf(String accountId) {
        return account(accountId).root().identity(null, List.of());
    }

    /** The user, role or root user behind a credential. */
    public Holder holder(Credential credential) {
        return key(credential).holder();
    }

    private AccessKey key(Credential credential) {
        AccessKey key = keys.get(credential.accessKeyId());
        if (key == null) {
            throw new AwsError(
                    403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
        }
        return key;
    }

    /** Whether two accounts are the same or members of one organization: only then are denials explained. */
    public boolean sameOrganization(String one, String other) {
        if (one.equals(other)) {
            return true;
        }
        Optional<String> organization = existing(one).flatMap(Account::organizationId);
        return organization.isPresent() && organization.equals(existing(other).flatMap(Account::organizationId));
    }

    private String uniqueId(String prefix) {
        return prefix + text(BASE32, 16);
    }

    private String text(String alphabet, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
