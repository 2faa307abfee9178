package dev.s3envelope.local.internal.s3;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of ListObjectVersions; the markers of the next page are null on the last. */
record VersionPage(
        List<Entry> entries,
        List<String> prefixes,
        @Nullable String nextKey,
        @Nullable String nextVersion) {

    record Entry(ObjectVersion version, boolean latest) {}

    static VersionPage of(Bucket bucket, Listing.Query query, @Nullable String versionMarker) {
        // A key whose versions were cut by the last page comes first again, from after its marker.
        Listing.Query everything =
                new Listing.Query(query.prefix(), query.delimiter(), query.after(), Integer.MAX_VALUE);
        List<Entry> entries = new ArrayList<>();
        List<String> prefixes = new ArrayList<>();
        if (versionMarker != null) {
            List<ObjectVersion> versions = bucket.objects().getOrDefault(query.after(), List.of());
            int at = indexOf(versions, versionMarker);
            for (int i = at + 1; at >= 0 && i < versions.size(); i++) {
                entries.add(new Entry(versions.get(i), i == 0));
            }
        }
        Listing<List<ObjectVersion>> keys = Listing.of(bucket.objects(), everything, versions -> versions);
        keys.entries().forEach(versions -> {
            for (int i = 0; i < versions.size(); i++) {
                entries.add(new Entry(versions.get(i), i == 0));
            }
        });
        prefixes.addAll(keys.prefixes());
        return cut(entries, prefixes, query.limit());
    }

    private static int indexOf(List<ObjectVersion> versions, String id) {
        for (int i = 0; i < versions.size(); i++) {
            if (versions.get(i).versionId().equals(id)) {
                return i;
            }
        }
        return -1;
    }

    /** Merges entries and prefixes in key order and keeps the first {@code limit} of them. */
    private static VersionPage cut(List<Entry> entries, List<String> prefixes, int limit) {
        List<Entry> kept = new ArrayList<>();
        List<String> keptPrefixes = new ArrayList<>();
        String nextKey = null;
        String nextVersion = null;
        int e = 0;
        int p = 0;
        while (kept.size() + keptPrefixes.size() < limit && (e < entries.size() || p < prefixes.size())) {
            boolean entryFirst = p == prefixes.size()
                    || (e < entries.size()
                            && Bucket.UTF8_ORDER.compare(
                                            entries.get(e).version().key(), prefixes.get(p))
                                    < 0);
            if (entryFirst) {
                Entry entry = entries.get(e++);
                kept.add(entry);
                nextKey = entry.version().key();
                nextVersion = entry.version().versionId();
            } else {
                nextKey = prefixes.get(p++);
                nextVersion = null;
                keptPrefixes.add(nextKey);
            }
        }
        boolean more = limit > 0 && (e < entries.size() || p < prefixes.size());
        return new VersionPage(kept, keptPrefixes, more ? nextKey : null, more ? nextVersion : null);
    }
}
