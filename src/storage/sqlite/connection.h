// How this adapter sets up its connections.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "storage/open.h"
#include "storage/sqlite/database.h"

namespace baton::storage::sqlite {

/// For the writer, or for mode `inspect`; the schema is made or brought up to date, a newer one refused before any write.
Result<std::unique_ptr<Database>> open_writer(const std::string& path, const OpenOptions& options);
/// Another connection of the same process that only reads.
Result<std::unique_ptr<Database>> open_reader(const std::string& path, const std::string& vfs);
/// Closing this connection leaves the log where it is.
void keep_log_on_close(Database& db);

}  // namespace baton::storage::sqlite
