#pragma once
// INSERT statements of entities, by their columns.

#include <string>
#include <vector>

#include "store/sql/row_codec.hpp"

namespace rtcscope::store::sql {

/// "?, ?, ?" for 3.
inline std::string marks(std::size_t count) {
  std::string text = "?";
  for (std::size_t i = 1; i < count; ++i) text += ", ?";
  return text;
}

inline std::string column_list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// A row with the same key takes the new values; not INSERT OR REPLACE, which would reset the derived
/// columns.
template <class Entity>
std::string upsert_sql(const char* key) {
  const auto& names = columns_of<Entity>();
  std::string text = std::string("INSERT INTO ") + kTable<Entity> + " (" + column_list(names) + ") VALUES (" +
                     marks(names.size()) + ") ON CONFLICT (" + key + ") DO UPDATE SET ";
  std::string separator;
  for (const std::string& name : names) {
    text += separator + name + " = excluded." + name;
    separator = ", ";
  }
  return text;
}

}  // namespace rtcscope::store::sql
