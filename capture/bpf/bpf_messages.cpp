#include "capture/bpf/bpf_messages.hpp"

#include <bpf/libbpf.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <vector>

namespace rtcscope {
namespace {

constexpr std::size_t kMaxText = 1U << 20U;  // a verifier's log may be long; its end tells why
thread_local std::string* collected = nullptr;

__attribute__((format(printf, 2, 0))) int collect(libbpf_print_level level, const char* format,
                                                  va_list arguments) {
  if (collected == nullptr || level == LIBBPF_DEBUG) return 0;
  std::va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, again);
  va_end(again);
  if (length <= 0) return 0;
  std::vector<char> line(static_cast<std::size_t>(length) + 1);
  std::vsnprintf(line.data(), line.size(), format, arguments);
  collected->append(line.data(), line.size() - 1);
  if (collected->size() > kMaxText) collected->erase(0, collected->size() - kMaxText);
  return length;
}

}  // namespace

BpfMessages::BpfMessages() {
  collected = &text_;
  libbpf_set_print(collect);
}

BpfMessages::~BpfMessages() {
  collected = nullptr;
}

std::string BpfMessages::last_lines(std::size_t lines) const {
  std::string result;
  std::size_t end = text_.size();
  while (lines > 0 && end > 0) {
    const std::size_t newline = text_.rfind('\n', end - 1);
    const std::size_t begin = newline == std::string::npos ? 0 : newline + 1;
    if (end > begin) {
      result.insert(0, text_.substr(begin, end - begin) + (result.empty() ? "" : " | "));
      lines -= 1;
    }
    end = newline == std::string::npos ? 0 : newline;
  }
  return result;
}

}  // namespace rtcscope
