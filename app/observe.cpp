#include "app/observe.hpp"

#include <spdlog/spdlog.h>

#include <iostream>
#include <optional>

#include "app/host.hpp"
#include "app/media_server_actions.hpp"
#include "app/paths.hpp"
#include "app/service_manager.hpp"
#include "app/serving.hpp"
#include "app/watch.hpp"
#include "app/welcome.hpp"

namespace rtcscope::app {

int observe(const ObserveOptions& options) {
  Watch watch(options);
  AllowedPaths paths = system_paths();
  allow_serving(paths, options.serve);
  watch.give_up_privileges(std::move(paths));
  Serving serving(options.serve, "observe");
  const std::uint64_t seed = random_seed();
  correlator::Correlator correlator({host_name(options.serve.host_name)}, correlator_options(options.serve),
                                    seed, serving);
  Pipeline pipeline(seed, correlator);
  pipeline.set_rtcp_listener(serving.rtcp_listener());
  if (serving.ring() != nullptr) pipeline.keep_headers_in(*serving.ring());
  watch.show(serving, pipeline);
  print_welcome(std::cout, serving.url(), watch.description(), watch.keys(),
                !options.serve.ingest_credentials.empty());
  tell_service_manager("READY=1\nSTATUS=watching: " + watch.description());
  watch.start_feeds(serving.feeds());
  std::optional<MediaServerActions> actions;
  if (options.owt_view_writes) {
    actions.emplace(watch.owt() ? std::optional(watch.owt()->rest) : std::nullopt, watch.admins());
    serving.allow_changes([&actions](const api::owt::Deed& deed) { return actions->act(deed); });
  }
  const bool well = watch.run(serving, pipeline, &correlator);
  serving.finish();
  return well ? kExitOk : kExitFailure;
}

}  // namespace rtcscope::app
