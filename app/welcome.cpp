#include "app/welcome.hpp"

#include <ostream>

namespace rtcscope::app {

void print_welcome(std::ostream& out, const std::string& url, const std::string& source, bool credentials) {
  out << "listening on " << url << "\n"
      << "watching: " << source << "\n\n"
      << "Janus names conferences and participants when it sends its events here:\n"
      << "  /etc/janus/janus.jcfg                          events: { broadcast = true }\n"
      << "  /etc/janus/janus.eventhandler.sampleevh.jcfg   general: { enabled = true  events = \"all\"  "
         "grouping = "
         "true\n"
      << "                                                   backend = \"" << url << "/ingest/janus\"";
  if (credentials)
    out << "\n                                                   backend_user, backend_pwd as in "
           "--ingest-credentials";
  out << " }\n"
      << "then restart Janus. Ctrl-C ends.\n"
      << std::flush;
}

}  // namespace rtcscope::app
