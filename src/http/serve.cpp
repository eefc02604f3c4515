#include "http/serve.h"

#include "http/api.h"
#include "http/server.h"

namespace baton::http {

Status serve(app::Ledger& ledger, ports::Clock& clock, const ServeOptions& options) {
    if (options.token.empty() && !is_loopback_address(options.listen)) {
        const auto reads = ledger.reads();
        if (!reads) return std::unexpected(reads.error());
        const auto people = app::has_people(**reads);
        if (!people) return std::unexpected(people.error());
        if (!*people)
            return fail("token_needed",
                        "'" + options.listen +
                            "' can be reached from other machines; make an admin who signs in (baton user "
                            "add … --password), set a token with --token or in BATON_TOKEN, or listen on "
                            "127.0.0.1");
    }
    Api api(ledger, clock, Gate{options.token});
    auto server = Server::listen(options.listen, [&api](const Request& request) { return api.handle(request); });
    if (!server) return std::unexpected(server.error());
    (*server)->stop_on_signals();
    if (options.on_ready) options.on_ready((*server)->port());
    (*server)->run();
    api.stop_taking();
    return {};
}

}  // namespace baton::http
