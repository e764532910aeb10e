#include "app/welcome.hpp"

#include <ostream>

namespace rtcscope::app {

void print_welcome(std::ostream& out, const std::string& url, const std::string& source,
                   const std::string& keys, bool credentials) {
  const std::string websocket = "ws" + url.substr(url.find(':'));
  out << "listening on " << url << "\nwatching: " << source << "\nkeys: " << keys << "\n\n"
      << "Janus names conferences and participants when it sends its events here. In /etc/janus:\n"
      << "  janus.jcfg                         events: { broadcast = true }\n"
      << "and one of\n"
      << "  janus.eventhandler.sampleevh.jcfg  general: { enabled = true  events = \"all\"  grouping = true  "
         "backend = \""
      << url << "/ingest/janus\" }\n"
      << "  janus.eventhandler.wsevh.jcfg      general: { enabled = true  events = \"all\"  grouping = true  "
         "backend = \""
      << websocket << "/ingest/janus/ws\" }\n";
  if (credentials) {
    out << "with backend_user and backend_pwd of --ingest-credentials in the former; the latter has none to "
           "give.\n";
  }
  out << "Then restart Janus. Ctrl-C ends.\n" << std::flush;
}

}  // namespace rtcscope::app
