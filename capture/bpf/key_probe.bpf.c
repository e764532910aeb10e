// Takes the DTLS-SRTP secret where a media server's OpenSSL exports it (RFC 5705, RFC 5764, 4.2), or, of a
// process that exports none where it can be seen, the keys that it gives to libsrtp.
//
// The probes sit on the libraries' files, so they see every process that maps them, also those that start
// later; rtc_targets says whose calls are looked at, and all others leave after one look-up.

#include "capture/bpf/key_probe.h"

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define LABEL "EXTRACTOR-dtls_srtp"
#define LABEL_OCTETS (sizeof(LABEL) - 1)
#define MAX_CGROUP_DEPTH 8

// Only the fields that are read; the loader finds their places in the running kernel.
struct qstr {
  const unsigned char* name;
} __attribute__((preserve_access_index));
struct dentry {
  struct qstr d_name;
} __attribute__((preserve_access_index));
struct path {
  struct dentry* dentry;
} __attribute__((preserve_access_index));
struct file {
  struct path f_path;
} __attribute__((preserve_access_index));
struct mm_struct {
  struct file* exe_file;
} __attribute__((preserve_access_index));
struct kernfs_node {
  const char* name;
} __attribute__((preserve_access_index));
struct cgroup_subsys_state {
  struct cgroup* cgroup;
  struct cgroup_subsys_state* parent;
} __attribute__((preserve_access_index));
struct cgroup {
  struct cgroup_subsys_state self;
  struct kernfs_node* kn;
} __attribute__((preserve_access_index));
struct css_set {
  struct cgroup* dfl_cgrp;
} __attribute__((preserve_access_index));
struct task_struct {
  struct task_struct* group_leader;
  __u64 start_time;
  struct mm_struct* mm;
  struct css_set* cgroups;
} __attribute__((preserve_access_index));

struct call {
  __u64 out;
  __u64 label;
  __u64 size;
};

// Whose calls are looked at. Written by user space before the probe is attached.
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, RTC_MAX_TARGETS);
  __type(key, struct rtc_target);
  __type(value, __u32);
} rtc_targets SEC(".maps");

// Thread -> arguments of the call it is in. A thread is in one call at a time; LRU, for a call that never
// returns leaves its entry behind.
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 1024);
  __type(key, __u64);
  __type(value, struct call);
} rtc_calls SEC(".maps");

// Process -> when it started: those that exported a secret. What they give to libsrtp is known by then. LRU,
// for nobody says when a process ends; one that is forgotten gives its keys twice, which their reader sees.
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 1024);
  __type(key, __u32);
  __type(value, __u64);
} rtc_exporters SEC(".maps");

// Secrets on their way to user space, which maps this memory and wipes each slot that it has read. A BPF
// ring buffer could not be wiped: its pages are read-only for the reader.
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, RTC_KEY_SLOTS);
  __type(key, __u32);
  __type(value, struct rtc_key_slot);
} rtc_key_slots SEC(".maps");

// What became of each call, by RTC_COUNT_*; written here, read by user space.
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, RTC_COUNTS);
  __type(key, __u32);
  __type(value, __u64);
} rtc_key_counts SEC(".maps");

// The observer's pid namespace, in whose numbers pids are given; 0: the first one.
const volatile __u64 pid_namespace_device = 0;
const volatile __u64 pid_namespace_inode = 0;
// What kinds rtc_targets has, as bits: looks that cannot succeed are not made.
const volatile __u32 target_kinds = 0;

static __u64 next_slot = 0;

static void count(__u32 reason) {
  __u64* counter = bpf_map_lookup_elem(&rtc_key_counts, &reason);
  if (counter) __sync_fetch_and_add(counter, 1);
}

static bool looked_for(const struct rtc_target* target) {
  return bpf_map_lookup_elem(&rtc_targets, target) != 0;
}

static __u32 own_pid(void) {
  struct bpf_pidns_info inside = {};
  if (pid_namespace_inode == 0) return bpf_get_current_pid_tgid() >> 32;
  if (bpf_get_ns_current_pid_tgid(pid_namespace_device, pid_namespace_inode, &inside, sizeof inside) != 0) {
    return 0;
  }
  return inside.tgid;
}

static bool pid_chosen(void) {
  struct rtc_target target = {.kind = RTC_TARGET_PID};
  target.pid = own_pid();
  return target.pid != 0 && looked_for(&target);
}

static bool executable_chosen(void) {
  struct rtc_target target = {.kind = RTC_TARGET_EXECUTABLE};
  struct task_struct* task = (struct task_struct*)bpf_get_current_task();
  const unsigned char* name = BPF_CORE_READ(task, mm, exe_file, f_path.dentry, d_name.name);
  // A name that is longer than the key has no equal in the map: it is cut where a name ends.
  if (bpf_probe_read_kernel_str(target.name, sizeof target.name, name) <= 0) return false;
  return looked_for(&target);
}

// A unit's processes are in the unit's control group or below it.
static bool unit_chosen(void) {
  struct task_struct* task = (struct task_struct*)bpf_get_current_task();
  struct cgroup* group = BPF_CORE_READ(task, cgroups, dfl_cgrp);
  for (int depth = 0; depth < MAX_CGROUP_DEPTH && group; ++depth) {
    struct rtc_target target = {.kind = RTC_TARGET_UNIT};
    const char* name = BPF_CORE_READ(group, kn, name);
    if (bpf_probe_read_kernel_str(target.name, sizeof target.name, name) > 0 && looked_for(&target)) {
      return true;
    }
    group = BPF_CORE_READ(group, self.parent, cgroup);
  }
  return false;
}

static bool chosen(void) {
  if ((target_kinds & (1U << RTC_TARGET_EXECUTABLE)) && executable_chosen()) return true;
  if ((target_kinds & (1U << RTC_TARGET_PID)) && pid_chosen()) return true;
  return (target_kinds & (1U << RTC_TARGET_UNIT)) && unit_chosen();
}

static bool has_label(__u64 address) {
  char label[LABEL_OCTETS] = {};
  if (bpf_probe_read_user(label, sizeof label, (const void*)address) != 0) {
    count(RTC_COUNT_UNREADABLE);
    return false;
  }
  for (unsigned int i = 0; i < LABEL_OCTETS; ++i) {
    if (label[i] != LABEL[i]) return false;
  }
  return true;
}

static __u64 process_start(void) {
  struct task_struct* task = (struct task_struct*)bpf_get_current_task();
  return BPF_CORE_READ(task, group_leader, start_time);
}

static void note_exporter(void) {
  const __u32 pid = bpf_get_current_pid_tgid() >> 32;
  const __u64 start = process_start();
  bpf_map_update_elem(&rtc_exporters, &pid, &start, BPF_ANY);
}

static bool is_exporter(void) {
  const __u32 pid = bpf_get_current_pid_tgid() >> 32;
  const __u64* start = bpf_map_lookup_elem(&rtc_exporters, &pid);
  return start && *start == process_start();
}

// A constant size for each profile: the verifier wants to see it, and no octet behind the secret is read.
static long copy_octets(struct rtc_key_slot* slot, __u64 size, __u64 from) {
  const void* octets = (const void*)from;
  slot->size = (__u32)size;
  if (size == 28) return bpf_probe_read_user(slot->octets, 28, octets);
  if (size == 30) return bpf_probe_read_user(slot->octets, 30, octets);
  if (size == 44) return bpf_probe_read_user(slot->octets, 44, octets);
  if (size == 56) return bpf_probe_read_user(slot->octets, 56, octets);
  if (size == 60) return bpf_probe_read_user(slot->octets, 60, octets);
  return bpf_probe_read_user(slot->octets, 88, octets);
}

// A null policy: both writers' keys, as exported.
static void hand_over(__u64 size, __u64 from, const struct rtc_srtp_policy* policy) {
  __u32 index = __sync_fetch_and_add(&next_slot, 1) & (RTC_KEY_SLOTS - 1);
  struct rtc_key_slot* slot = bpf_map_lookup_elem(&rtc_key_slots, &index);
  if (!slot) return;
  if (__sync_val_compare_and_swap(&slot->state, RTC_SLOT_EMPTY, RTC_SLOT_WRITING) != RTC_SLOT_EMPTY) {
    count(RTC_COUNT_SLOTS_FULL);
    return;
  }
  const struct rtc_srtp_crypto none = {};
  slot->time_ns = bpf_ktime_get_ns();
  slot->pid = bpf_get_current_pid_tgid() >> 32;
  slot->origin = policy ? RTC_FROM_POLICY : RTC_FROM_EXPORT;
  slot->rtp = policy ? policy->rtp : none;
  slot->rtcp = policy ? policy->rtcp : none;
  const bool read = copy_octets(slot, size, from) == 0;
  count(read ? RTC_COUNT_TAKEN : RTC_COUNT_UNREADABLE);
  // An exchange is a full barrier: who sees the state sees the octets.
  __sync_lock_test_and_set(&slot->state, read ? RTC_SLOT_FULL : RTC_SLOT_EMPTY);
}

// int SSL_export_keying_material(SSL *, unsigned char *out, size_t olen, const char *label, size_t llen, ...)
SEC("uprobe")
int export_entered(struct pt_regs* ctx) {
  if (PT_REGS_PARM5(ctx) != LABEL_OCTETS || !chosen()) return 0;
  const __u64 thread = bpf_get_current_pid_tgid();
  const struct call call = {
      .out = PT_REGS_PARM2(ctx), .label = PT_REGS_PARM4(ctx), .size = PT_REGS_PARM3(ctx)};
  bpf_map_update_elem(&rtc_calls, &thread, &call, BPF_ANY);
  return 0;
}

// Read on return: the caller's buffer was just written and its label just read, so both are in memory and
// no sleeping copy is needed.
SEC("uretprobe")
int export_returned(struct pt_regs* ctx) {
  const __u64 thread = bpf_get_current_pid_tgid();
  const struct call* entered = bpf_map_lookup_elem(&rtc_calls, &thread);
  if (!entered) return 0;
  const struct call call = *entered;
  bpf_map_delete_elem(&rtc_calls, &thread);
  if ((int)PT_REGS_RC(ctx) != 1 || !has_label(call.label)) return 0;
  note_exporter();
  if (!rtc_is_export_octets(call.size)) {
    count(RTC_COUNT_BAD_LENGTH);
    return 0;
  }
  hand_over(call.size, call.out, 0);
  return 0;
}

// Where a policy's key stands; 0 if it has none, or it cannot be read. Of several keys the first one: the
// others are used in packets that carry a master key identifier only (RFC 3711, 3.1), and WebRTC has none.
static __u64 key_of(const struct rtc_srtp_policy* policy) {
  __u64 first = 0;
  __u64 key = policy->key;
  if (key != 0 || policy->num_master_keys == 0) return key;
  if (bpf_probe_read_user(&first, sizeof first, (const void*)policy->keys) != 0 ||
      bpf_probe_read_user(&key, sizeof key, (const void*)first) != 0) {
    return 0;
  }
  return key;
}

// libsrtp takes as many octets as its ciphers for RTP and RTCP want; of other lengths it has no profile of ours.
static void take_policy(const struct rtc_srtp_policy* policy) {
  const __u32 size = policy->rtcp.cipher_key_octets;
  const __u64 key = key_of(policy);
  if (key == 0) {
    count(RTC_COUNT_UNREADABLE);
  } else if (!rtc_is_policy_octets(size) || size != policy->rtp.cipher_key_octets) {
    count(RTC_COUNT_BAD_LENGTH);
  } else {
    hand_over(size, key, policy);
  }
}

// srtp_err_status_t srtp_create(srtp_t *, const srtp_policy_t *)
// srtp_err_status_t srtp_add_stream(srtp_t, const srtp_policy_t *)
//
// The first calls the second for each policy of its list, if the compiler left that a call: a key may come
// twice. On entry, for the caller has just written the policy and its key, so both are in memory.
SEC("uprobe")
int policy_given(struct pt_regs* ctx) {
  struct rtc_srtp_policy policy = {};
  __u64 next = PT_REGS_PARM2(ctx);
  if (next == 0 || !chosen() || is_exporter()) return 0;
  for (int i = 0; i < RTC_POLICIES; ++i) {
    if (bpf_probe_read_user(&policy, sizeof policy, (const void*)next) != 0) {
      count(RTC_COUNT_UNREADABLE);
      return 0;
    }
    take_policy(&policy);
    next = policy.next;
    if (next == 0) return 0;
  }
  count(RTC_COUNT_LIST_CUT);
  return 0;
}
