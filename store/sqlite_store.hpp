#pragma once
// The embedded store: one SQLite file in WAL mode, one connection that writes, others that read.

#include <memory>
#include <string>

#include "store/store.hpp"

namespace rtcscope::store {

struct SqliteOptions {
  /// How long a write waits for a foreign lock (e.g. someone's sqlite3 shell) before it fails with kBusy.
  Duration busy_timeout = std::chrono::milliseconds{1000};
};

/// Opens or creates the database and brings its schema up to date. `path` is a file, or ":memory:" for a
/// store that lives as long as the object. Errors: kCannotOpen, kNotADatabase, kNewerSchema, kReadOnly,
/// kBusy, kFull, kIo.
StoreResult<std::unique_ptr<Store>> open_sqlite(const std::string& path, const SqliteOptions& options = {});

}  // namespace rtcscope::store
