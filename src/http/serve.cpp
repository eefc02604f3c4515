#include "http/serve.h"

#include <sys/resource.h>

#include "http/api.h"
#include "http/server.h"

namespace baton::http {
namespace {

/// As many descriptors as the system lets this process have.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

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
    raise_descriptor_limit();
    ListenOptions listen;
    listen.tls = {options.certificate, options.key};
    for (const std::string& proxy : options.proxies)
        if (const Status added = listen.proxies.add(proxy); !added) return added;
    Api api(ledger, clock, Gate{options.token},
            {Cors(options.origins), options.requests_per_minute, options.fetch, options.imports});
    listen.uploading.is_one = Api::is_upload;
    listen.uploading.begin = [&api](const Request& request) { return api.begin_upload(request); };
    listen.uploading.bytes = options.imports.most_bytes;
    auto server = Server::listen(options.listen, LaterHandler([&api](const Request& request, Answer answer) {
                                     api.handle(request, std::move(answer));
                                 }),
                                 listen);
    if (!server) return std::unexpected(server.error());
    (*server)->stop_on_signals();
    api.fetches().start();
    api.imports().start();
    if (options.on_ready) options.on_ready((*server)->port());
    (*server)->run();
    api.stop_taking();
    api.imports().stop();
    api.fetches().stop();
    return {};
}

}  // namespace baton::http
