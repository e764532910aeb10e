#pragma once
// Keeps the tap's programs on the interfaces that are wanted, as they come and go.
//
// Attaching takes privileges that reading does not, so a process of its own may do it: after fork() the child
// calls keep_until() and the parent leave_to_child().

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/owned_fd.hpp"
#include "base/result.hpp"
#include "capture/bpf/attachment.hpp"
#include "capture/bpf/tap_program.hpp"
#include "capture/live/interface_list.hpp"
#include "capture/open.hpp"

namespace rtcscope {

class TapAttacher {
 public:
  using Tell = std::function<void(const std::string&)>;

  /// `live` says which interfaces are wanted.
  TapAttacher(AttachKind kind, LiveOptions live);

  /// Puts the programs on one interface. Errors: kAttachFailed; the interface is then not watched.
  Result<Done, CaptureError> attach(const TapProgram& program, const LiveInterface& interface);

  /// Attaches to what came, lets go of what went. One that cannot be attached is tried again; `tell` gets one
  /// sentence about it.
  void follow(const TapProgram& program, const Tell& tell);
  /// follow() at each message of the kernel about a link (rtnetlink(7)) and once a second, until `end` can be
  /// read; then takes the programs off.
  void keep_until(const TapProgram& program, int end, const Tell& tell);
  /// The parent of the process that calls keep_until() takes nothing off any more.
  void leave_to_child() noexcept;

  [[nodiscard]] bool holds(std::uint32_t kernel_index) const noexcept { return held_.contains(kernel_index); }
  [[nodiscard]] bool is_left() const noexcept { return left_; }
  /// Tries that failed so far, in whichever process.
  [[nodiscard]] std::uint64_t failures() const noexcept { return failures_->load(); }

 private:
  struct Held {
    std::vector<Attachment> attachments;
    OwnedFd promiscuous;
  };
  struct Unmap {
    void operator()(std::atomic<std::uint64_t>* shared) const noexcept;
  };

  void let_go_of_gone();
  void refused(const LiveInterface& interface, const CaptureError& error, const Tell& tell);

  AttachKind kind_;
  LiveOptions live_;
  std::unordered_map<std::uint32_t, Held> held_;  // by the kernel's index
  std::unordered_set<std::uint32_t> told_;        // interfaces whose failure was told
  std::unique_ptr<std::atomic<std::uint64_t>, Unmap> failures_;
  bool left_ = false;
};

}  // namespace rtcscope
