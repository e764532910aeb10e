#pragma once
// One program on one interface, until this object is gone.
//
// A TCX or XDP link belongs to the process: however that ends, the kernel takes the program off. A filter of
// the clsact qdisc (kernels before 6.6) outlives it, so each start first removes what an earlier run left,
// told by the names of our programs. Programs, filters and qdiscs of others are left alone.

#include <cstdint>
#include <string>

#include "base/owned_fd.hpp"
#include "base/result.hpp"
#include "capture/bpf/tap_program.hpp"

namespace rtcscope {

enum class AttachKind : std::uint8_t { kTcx, kClsact, kXdp };
const char* to_string(AttachKind kind) noexcept;

class Attachment {
 public:
  /// `entry` at the interface, by a TCX link or, where `kind` says so, the clsact qdisc or XDP.
  /// Errors: kAttachFailed.
  static Result<Attachment, CaptureError> make(const TapProgram& program, TapEntry entry,
                                               const std::string& interface, std::uint32_t kernel_index,
                                               AttachKind kind);

  Attachment(Attachment&& other) noexcept;
  Attachment& operator=(Attachment&& other) noexcept;
  ~Attachment();

  /// Somebody else takes it off: another process that has it as well.
  void leave() noexcept { clsact_index_ = 0; }

 private:
  Attachment() = default;

  OwnedFd link_;
  std::uint32_t clsact_index_ = 0;  // of the interface; 0: there is no filter of ours
  std::uint32_t program_id_ = 0;    // of that filter
  bool egress_ = false;
};

/// Whether this kernel has TCX links (6.6 and later), tried with a program that is never attached.
bool has_tcx(const TapProgram& program) noexcept;

/// Takes filters of an earlier run off the clsact qdisc of an interface. Returns how many.
int remove_stale_filters(std::uint32_t kernel_index) noexcept;

}  // namespace rtcscope
