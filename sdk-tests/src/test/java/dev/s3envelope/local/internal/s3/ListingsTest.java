package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

class ListingsTest extends S3Fixture {
    private List<String> keys(String prefix, String delimiter, int pageSize) {
        List<String> found = new ArrayList<>();
        s3.listObjectsV2Paginator(b ->
                        b.bucket("bucket").prefix(prefix).delimiter(delimiter).maxKeys(pageSize))
                .forEach(page -> {
                    assertTrue(page.keyCount() <= pageSize);
                    page.contents().forEach(o -> found.add(o.key()));
                    page.commonPrefixes().forEach(p -> found.add(p.prefix()));
                });
        return found;
    }

    @Test
    void pagesThroughKeysAndPrefixes() {
        List<String> keys = List.of("a", "b/1", "b/2", "b/c/3", "c", "d/1", "d!", "e");
        keys.forEach(key -> put(key, ""));
        for (int page = 1; page <= 9; page++) {
            assertEquals(new TreeSet<>(List.of("a", "b/", "c", "d!", "d/", "e")), new TreeSet<>(keys("", "/", page)));
            assertEquals(6, keys("", "/", page).size());
            assertEquals(8, keys("", "", page).size());
            assertEquals(List.of("b/1", "b/2", "b/c/"), keys("b/", "/", page));
        }
    }

    @Test
    void listsInTheOrderOfUtf8() {
        String bmp = "\uffee";
        String astral = new String(Character.toChars(0x10000));
        for (String key : List.of("b", bmp, astral, "a", "ä")) {
            put(key, "");
        }
        assertEquals(List.of("a", "b", "ä", bmp, astral), keys("", "", 2));
    }

    @Test
    void agreesWithASortedSet_whenKeysAreRandom() {
        long seed = 20261120;
        Random random = new Random(seed);
        TreeSet<String> expected = new TreeSet<>();
        for (int i = 0; i < 60; i++) {
            StringBuilder key = new StringBuilder();
            for (int j = 0; j <= random.nextInt(6); j++) {
                key.append("ab/&+ ".charAt(random.nextInt(6)));
            }
            if (!key.toString().startsWith("/")
                    && !key.toString().endsWith("/")
                    && !key.toString().contains("//")) {
                expected.add(key.toString());
            }
        }
        expected.forEach(key -> put(key, "x"));
        for (String prefix : List.of("", "a", "a/", "b")) {
            List<String> wanted =
                    expected.stream().filter(k -> k.startsWith(prefix)).toList();
            assertEquals(wanted, keys(prefix, "", 7), "seed " + seed);
            TreeSet<String> grouped = new TreeSet<>();
            wanted.forEach(k -> {
                int slash = k.indexOf('/', prefix.length());
                grouped.add(slash < 0 ? k : k.substring(0, slash + 1));
            });
            assertEquals(grouped, new TreeSet<>(keys(prefix, "/", 3)), "seed " + seed);
        }
    }

    @Test
    void startsAfterAKeyAndNamesOwnersOnRequest() {
        List.of("a", "b", "c").forEach(key -> put(key, ""));
        var page = s3.listObjectsV2(b -> b.bucket("bucket").startAfter("a").fetchOwner(true));
        assertEquals(
                List.of("b", "c"), page.contents().stream().map(S3Object::key).toList());
        assertEquals(
                aws.access.canonicalId("111122223333"),
                page.contents().get(0).owner().id());
        var first = s3.listObjects(b -> b.bucket("bucket").maxKeys(1));
        assertTrue(first.isTruncated());
        var rest = s3.listObjects(b -> b.bucket("bucket").marker("a"));
        assertFalse(rest.isTruncated());
        assertEquals(2, rest.contents().size());
    }

    @Test
    void pagesThroughVersions() {
        s3.putBucketVersioning(
                b -> b.bucket("bucket").versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
        for (String key : List.of("a", "a", "a", "b/1", "b/2", "c")) {
            put(key, "");
        }
        s3.deleteObject(b -> b.bucket("bucket").key("c"));
        for (int page = 1; page <= 8; page++) {
            int size = page;
            List<String> found = new ArrayList<>();
            s3.listObjectVersionsPaginator(b -> b.bucket("bucket").maxKeys(size))
                    .forEach(p -> {
                        p.versions().forEach(v -> found.add(v.key()));
                        p.deleteMarkers().forEach(v -> found.add(v.key() + " deleted"));
                    });
            assertEquals(7, found.size(), "pages of " + page + ": " + found);
        }
        assertEquals(
                "b/",
                s3.listObjectVersions(b -> b.bucket("bucket").delimiter("/"))
                        .commonPrefixes()
                        .get(0)
                        .prefix());
    }

    @Test
    void deletesManyAndReportsEachRefusal() {
        List.of("a", "b", "c").forEach(key -> put(key, ""));
        aws.access.deny(access -> access.resource().endsWith("/b"));
        var result = s3.deleteObjects(b -> b.bucket("bucket")
                .delete(d -> d.objects(
                        ObjectIdentifier.builder().key("a").build(),
                        ObjectIdentifier.builder().key("b").build(),
                        ObjectIdentifier.builder().key("missing").build())));
        assertEquals(2, result.deleted().size());
        assertEquals("AccessDenied", result.errors().get(0).code());
        assertEquals(List.of("b", "c"), keys("", "", 10));
    }

    @Test
    void refusesBadLimitsAndTokens() {
        refused(
                400,
                "InvalidArgument",
                "max-keys",
                () -> s3.listObjectsV2(b -> b.bucket("bucket").maxKeys(-1)));
        refused(
                400,
                "InvalidArgument",
                "continuation token",
                () -> s3.listObjectsV2(b -> b.bucket("bucket").continuationToken("%%%")));
    }
}
