#pragma once
// A PostgreSQL database of one rtcscope: one connection that writes, others that read, made anew when the
// server was away.

#include <memory>
#include <string>

#include "store/store.hpp"

namespace rtcscope::store {

/// Connects to `url` (a connection URI of libpq, e.g. "postgresql://rtcscope@db.example/rtcscope") and
/// brings its schema up to date, in the first schema of the search_path. Passwords come from libpq's own
/// places (passfile, PGPASSFILE); one in the URL is never shown. Errors: kCannotOpen, kNotADatabase,
/// kNewerSchema, kReadOnly, kBusy (another rtcscope has it), kFull, kIo.
StoreResult<std::unique_ptr<Store>> open_postgres(const std::string& url);

}  // namespace rtcscope::store
