// Arguments become a command and its options. The only file that knows CLI11.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/commands.h"

namespace baton::cli {
namespace {

/// Keeps the options of all commands alive while one of them runs.
struct Options {
    ImportOptions import_, imports_;
    ExportOptions export_;
    FunnelOptions funnel_;
    LeadsOptions leads_;
    PersonOptions lead_, why_;
    LookupOptions lookup_;
    DuplicatesOptions duplicates_;
    MergeOptions merge_, unmerge_;
    PersonDataOptions export_person_;
    PersonEraseOptions erase_person_, erased_people_;
    ConsentOptions consent_, withdraw_, consents_;
    SuppressOptions suppress_add_, suppress_remove_, suppress_list_, suppress_import_;
    ScoreOptions score_;
    TimeOptions time_;
    Common users_, digest_;
    StoreOptions verify_, rebuild_, backup_, restore_, copy_;
    DemoOptions demo_;
    ServeOptions serve_;
    MemberOptions add_, change_, disable_, enable_, password_, members_, make_key_, revoke_, keys_, audit_;
    SourceOptions add_source_, remove_source_, sources_, show_source_;
    ViewOptions views_, save_view_, delete_view_;
    SettingsOptions settings_;
    PlaybookOptions check_, draw_, diff_, list_, show_, activate_;
};

class Arguments {
   public:
    explicit Arguments(const Context& context) : context_(context) {
        app_.description("Baton: runs the closed loop between marketing and sales.");
        app_.require_subcommand(1);
        app_.set_version_flag("--version", "baton " BATON_VERSION);
        app_.footer(
            "Exit codes: 0 done, 1 could not be done or the answer is no, 2 not understood, 3 some rows were refused.");
        facts();
        people();
        registers();
        consent();
        person();
        reports();
        store();
        playbooks();
        members();
        sources();
        views();
        living();
    }

    int run(std::vector<std::string> arguments) {
        std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
        try {
            app_.parse(std::move(arguments));
        } catch (const CLI::ParseError& error) {
            return answer(error);
        }
        return chosen_ ? chosen_() : misused;
    }

   private:
    int answer(const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app_.exit(error, context_.screen.out, context_.screen.err);
        context_.screen.err << "error: " << error.what() << "; baton --help lists the commands\n";
        return misused;
    }

    template <class T>
    CLI::App* command(CLI::App& parent, const std::string& name, const std::string& what, T& options,
                      int (*act)(const Context&, const T&)) {
        CLI::App* sub = parent.add_subcommand(name, what);
        sub->callback([this, &options, act] {
            if (chosen_) return;  // by a command below this one
            chosen_ = [this, &options, act] { return act(context_, options); };
        });
        return sub;
    }
    template <class T>
    void with_store(CLI::App* sub, T& options) {
        sub->add_option("--store", options.store, "the store: a file, made when absent where that makes sense")
            ->capture_default_str()
            ->take_last();
        with_json(sub, options);
    }
    template <class T>
    void with_json(CLI::App* sub, T& options) {
        sub->add_flag_callback("--json", [&options] { options.format = Format::json; }, "answer as JSON");
    }

    void facts() {
        auto& o = o_.import_;
        auto* sub = command<ImportOptions>(
            app_, "import", "take the rows of CSV files, or JSON lines of facts (.jsonl)", o, import_files);
        sub->add_option("FILE", o.files, "files; - is standard input");
        with_store(sub, o);
        sub->add_option("--mapping", o.mapping,
                        "name or file of a mapping (docs/IMPORT.md), or guess; else recognised by the header");
        sub->add_option("--playbook", o.playbook, "name or file of the playbook, for a store that has none");
        sub->add_option("--at", o.at, "time of rows that carry none; default: now");
        sub->add_option("--source", o.source, "JSON lines: source of facts that name none");
        sub->add_option("--preview", o.preview,
                        "show the first rows as they would be understood, open no store; default: 5")
            ->expected(0, 1);
        sub->add_option("--sheet", o.sheet, "of an Excel workbook; default: the first one");
        sub->add_option("--errors", o.errors, "CSV file to write: rows not taken, or only in part, and why");
        sub->add_option("--mode", o.mode, "create leaves known people alone, update leaves unknown ones out")
            ->capture_default_str()
            ->check(CLI::IsMember({"create", "update", "both"}));
        sub->add_flag("--dry-run", o.dry_run, "say what would happen, write nothing");
        auto& i = o_.imports_;
        with_store(command<ImportOptions>(*sub, "list", "what was imported when and by whom", i, import_list), i);
        auto* undo = command<ImportOptions>(*sub, "undo", "what an import brought counts no more", i, import_undo);
        undo->add_option("NUMBER", i.number, "of baton import list")->required();
        with_store(undo, i);
        auto& e = o_.export_;
        auto* out = command<ExportOptions>(
            app_, "export", "people, or only leads, with all that is known of them; baton import takes it again", e,
            export_people);
        out->add_option("WHAT", e.what, "people or leads")->required()->check(CLI::IsMember({"people", "leads"}));
        out->add_option("--store", e.store, "the store")->capture_default_str();
        out->add_option("--format", e.as, "csv or json")->capture_default_str()->check(CLI::IsMember({"csv", "json"}));
        out->add_option("--out", e.out, "file; default: standard output");
    }

    void people() {
        auto& l = o_.leads_;
        auto* list = command<LeadsOptions>(app_, "leads", "list people and where they stand", l, leads);
        with_store(list, l);
        list->add_option("--stage", l.stage, "only in this stage");
        list->add_option("--text", l.text, "words of name, e-mail or account, whatever their case and accents");
        list->add_option("--view", l.view, "whom this view shows; baton view list names them");
        list->add_option("--sort", l.sort, "updated, score or entered; default: the view's, else updated");
        list->add_option("--limit", l.limit, "so many at most");
        list->add_flag("--open", l.open_only, "only open leads");
        list->add_flag("--leads", l.leads_only, "only leads, not people before the process");
        auto* one = command<PersonOptions>(app_, "lead", "one lead with everything that happened", o_.lead_, lead);
        one->add_option("KEY", o_.lead_.key, "number, e-mail, external id, phone")->required();
        with_store(one, o_.lead_);
        one->add_option("--at", o_.lead_.at, "as known at that moment");
        auto* reason = command<PersonOptions>(app_, "why", "why a lead stands where it stands, and what would move it",
                                              o_.why_, why);
        reason->add_option("KEY", o_.why_.key, "number, e-mail, external id, phone")->required();
        with_store(reason, o_.why_);
        reason->add_option("--at", o_.why_.at, "as known at that moment");
        reason->add_flag("--expressions", o_.why_.expressions, "show the criteria as they are written");
        auto* known = command<LookupOptions>(app_, "lookup", "is there a history? By e-mail, phone, name or company",
                                             o_.lookup_, lookup);
        known->add_option("TEXT", o_.lookup_.text, "a key, or words, partly typed too")->required();
        known->add_option("--limit", o_.lookup_.limit, "so many at most by words, and so many colleagues")
            ->capture_default_str();
        with_store(known, o_.lookup_);
        with_store(command<Common>(app_, "users", "our own people, as facts named them", o_.users_, users), o_.users_);
    }

    CLI::App* suppress(CLI::App& parent, const char* name, const char* what, SuppressOptions& options,
                       int (*act)(const Context&, const SuppressOptions&)) {
        auto* sub = command<SuppressOptions>(parent, name, what, options, act);
        with_store(sub, options);
        sub->add_option("--register", options.list, "suppressed, do_not_call, customer, competitor or disqualified")
            ->capture_default_str();
        return sub;
    }
    void registers() {
        auto& m = o_.merge_;
        auto* join =
            command<MergeOptions>(app_, "merge", "two records of one person become one; unmerge undoes it", m, merge);
        join->add_option("A", m.into, "who survives: number, e-mail, external id, phone")->required();
        join->add_option("B", m.from, "who is merged into it")->required();
        join->add_option("--keep", m.keep, "property=A or property=B, where not the newer value shall survive");
        join->add_flag("--dry-run", m.dry_run, "show both side by side, do nothing");
        with_store(join, m);
        auto* apart = command<MergeOptions>(app_, "unmerge", "take a merged person out again", o_.unmerge_, unmerge);
        apart->add_option("ID", o_.unmerge_.from, "the merged person: number or a key of its own")->required();
        with_store(apart, o_.unmerge_);
        auto* twice = command<DuplicatesOptions>(app_, "duplicates", "who may be one human twice; merge decides",
                                                 o_.duplicates_, duplicates);
        twice->add_option("--limit", o_.duplicates_.limit, "so many pairs, the likeliest first")->capture_default_str();
        with_store(twice, o_.duplicates_);
        auto* all =
            app_.add_subcommand("suppress", "registers that arrivals are held against: suppressed, do not call …");
        all->require_subcommand(1);
        const std::string entry = "e-mail, phone, domain, or \"name | company\"";
        auto* add = suppress(*all, "add", "put into a register", o_.suppress_add_, suppress_add);
        add->add_option("ENTRY", o_.suppress_add_.entries, entry)->required();
        add->add_option("--reason", o_.suppress_add_.reason, "why, shown with every hit");
        auto* remove = suppress(*all, "remove", "take out of a register", o_.suppress_remove_, suppress_remove);
        remove->add_option("ENTRY", o_.suppress_remove_.entries, entry)->required();
        o_.suppress_list_.list.clear();
        suppress(*all, "list", "what stands in a register, or in all", o_.suppress_list_, suppress_list);
        auto* import = suppress(*all, "import", "add the rows of a CSV file", o_.suppress_import_, suppress_import);
        import
            ->add_option("FILE", o_.suppress_import_.file,
                         "columns email, phone, domain, name and company, and reason, register; - is standard input")
            ->required();
        import->add_option("--reason", o_.suppress_import_.reason, "for rows that give none");
    }

    void consent() {
        auto* all = app_.add_subcommand("consent", "what people allowed: given, withdrawn, and each word of it");
        all->require_subcommand(1);
        const auto about = [&](const char* name, const char* what, ConsentOptions& o,
                               int (*act)(const Context&, const ConsentOptions&)) {
            auto* sub = command<ConsentOptions>(*all, name, what, o, act);
            sub->add_option("KEY", o.key, "number, e-mail, external id, phone")->required();
            with_store(sub, o);
            return sub;
        };
        about("show", "where each purpose stands, and who said so", o_.consents_, consent_show);
        o_.withdraw_.given = false;
        for (auto* o : {&o_.consent_, &o_.withdraw_}) {
            auto* sub = o->given ? about("give", "record that a person allowed a purpose", *o, consent_give)
                                 : about("withdraw", "record that a person withdrew it", *o, consent_withdraw);
            sub->add_option("PURPOSE", o->purpose, "such as marketing_email, phone, profiling")->required();
            sub->add_option("--channel", o->channel, "how it was said or what it is for: email, phone, letter");
            sub->add_option("--basis", o->basis, "consent, legitimate_interest, contract …");
            sub->add_option("--text", o->text, "the words that were agreed to; their hash is kept too");
            sub->add_option("--text-version", o->text_version, "which version of the words");
            sub->add_option("--at", o->at, "when it was said; default: now");
        }
    }

    /// What a person may ask for: all that is kept of them.
    void person() {
        auto* all =
            app_.add_subcommand("person", "what one person may ask for: all that is kept of them, or none of it");
        all->require_subcommand(1);
        auto& e = o_.export_person_;
        auto* out = command<PersonDataOptions>(*all, "export", "all that is kept of one person", e, person_export);
        out->add_option("KEY", e.key, "number, e-mail, external id, phone")->required();
        out->add_option("--store", e.store, "the store")->capture_default_str();
        out->add_option("--format", e.as, "json or html")
            ->capture_default_str()
            ->check(CLI::IsMember({"json", "html"}));
        out->add_option("--out", e.out, "file; default: standard output");
        auto* gone = command<PersonEraseOptions>(*all, "erase", "erase all that is known of one person, for good",
                                                 o_.erase_person_, person_erase);
        gone->add_option("KEY", o_.erase_person_.key, "number, e-mail, external id, phone")->required();
        with_store(gone, o_.erase_person_);
        auto* list = command<PersonEraseOptions>(
            *all, "erased", "who was erased, by hashes: for baton restore --erased", o_.erased_people_, person_erased);
        list->add_option("--store", o_.erased_people_.store, "the store")->capture_default_str();
    }

    void reports() {
        auto* through = command<FunnelOptions>(app_, "funnel", "how many came to each stage", o_.funnel_, funnel);
        with_store(through, o_.funnel_);
        through->add_option("--by", o_.funnel_.by, "split by a property, as it was on entry");
        auto* score = app_.add_subcommand("score", "how good a score is");
        score->require_subcommand(1);
        auto& s = o_.score_;
        auto* measure = command<ScoreOptions>(*score, "evaluate",
                                              "AUC, lift and calibration of a score, as of just before the outcome", s,
                                              score_evaluate);
        with_store(measure, s);
        measure->add_option("--score", s.score, "a score of the playbook, a property, or properties added: a+b")
            ->required();
        measure->add_option("--outcome", s.outcome, "a yes-or-no property, or a stage")->required();
        auto* between = command<TimeOptions>(app_, "time", "how long from one stage to another: median and quartiles",
                                             o_.time_, time_between);
        with_store(between, o_.time_);
        between->add_option("--from", o_.time_.from, "stage")->required();
        between->add_option("--to", o_.time_.to, "stage")->required();
    }

    void store() {
        with_store(
            command<StoreOptions>(app_, "verify", "look for damage: exit code 0 sound, 1 damaged", o_.verify_, verify),
            o_.verify_);
        with_store(command<Common>(app_, "digest", "the journal's head and the hash of the state", o_.digest_, digest),
                   o_.digest_);
        auto* fold = command<StoreOptions>(
            app_, "rebuild", "fold everything derived anew from the journal, and compare", o_.rebuild_, rebuild);
        with_store(fold, o_.rebuild_);
        fold->add_flag("--accept-file", o_.rebuild_.accept,
                       "take the file as the truth where the heads kept beside it disagree");
        fold->add_flag("--anew", o_.rebuild_.anew, "write every derived row again, also those that do not differ");
        auto* save = command<StoreOptions>(app_, "backup", "copy the store to a new file", o_.backup_, backup);
        save->add_option("TO", o_.backup_.other, "the new file")->required();
        with_store(save, o_.backup_);
        auto* back =
            command<StoreOptions>(app_, "restore", "make a store from a backup, checking it", o_.restore_, restore);
        back->add_option("BACKUP", o_.restore_.other, "the backup")->required();
        with_store(back, o_.restore_);
        back->add_flag("--verify", o_.restore_.verify, "look through the backup first");
        back->add_option("--erased", o_.restore_.erased,
                         "who to erase again, as baton person erased printed it; default: STORE.erased");
        auto* over = command<StoreOptions>(app_, "copy", "copy a store to another, of any kind; run again, it goes on",
                                           o_.copy_, copy);
        over->add_option("--from", o_.copy_.store, "the store: a file, or postgres://…")->required();
        over->add_option("--to", o_.copy_.other, "the new store: a file, or postgres://…")->required();
        with_json(over, o_.copy_);
    }

    void playbooks() {
        auto* book = app_.add_subcommand("playbook", "the process: check, draw, compare, put in force");
        book->require_subcommand(1);
        const std::string which = "name or file";
        auto* check =
            command<PlaybookOptions>(*book, "check", "find mistakes: file:line:column", o_.check_, playbook_check);
        check->add_option("PLAYBOOK", o_.check_.file, which)->required();
        with_json(check, o_.check_);
        auto* draw =
            command<PlaybookOptions>(*book, "draw", "the process as a picture or document", o_.draw_, playbook_draw);
        draw->add_option("PLAYBOOK", o_.draw_.file, which + "; without one, that of the store with its figures");
        draw->add_option("--format", o_.draw_.draw_format, "svg, dot, mermaid, markdown or table")
            ->capture_default_str();
        with_store(draw, o_.draw_);
        auto* diff = command<PlaybookOptions>(*book, "diff", "what changes from one to the other, in plain words",
                                              o_.diff_, playbook_diff);
        diff->add_option("OLD", o_.diff_.file, which)->required();
        diff->add_option("NEW", o_.diff_.other, which)->required();
        with_json(diff, o_.diff_);
        with_store(command<PlaybookOptions>(*book, "list", "versions the store has", o_.list_, playbook_list),
                   o_.list_);
        auto* show = command<PlaybookOptions>(*book, "show", "the text of the one in force, or of a named one",
                                              o_.show_, playbook_show);
        show->add_option("PLAYBOOK", o_.show_.file, which);
        with_store(show, o_.show_);
        auto* activate =
            command<PlaybookOptions>(*book, "activate", "put a version in force", o_.activate_, playbook_activate);
        activate->add_option("PLAYBOOK", o_.activate_.file, which)->required();
        with_store(activate, o_.activate_);
        activate->add_option("--at", o_.activate_.at, "from this moment on; default: now");
        activate->add_option("--open-leads", o_.activate_.open_leads, "re-evaluate or wait")->capture_default_str();
        activate->add_option("--migrate", o_.activate_.migrate, "old_stage=new_stage, for stages that are gone");
    }

    CLI::App* member(CLI::App& parent, const char* name, const char* what, MemberOptions& options,
                     int (*act)(const Context&, const MemberOptions&), bool named = true) {
        auto* sub = command<MemberOptions>(parent, name, what, options, act);
        if (named) sub->add_option("ID", options.id, "the member's id")->required();
        with_store(sub, options);
        return sub;
    }
    static void with_member(CLI::App* sub, MemberOptions& options) {
        sub->add_option(
            "--role", options.roles,
            "marketing, inside_sales, sales_rep, sales_manager, leadership, customer_success or admin; may be "
            "given several times");
        sub->add_option("--name", options.name, "as shown to others");
        sub->add_option("--email", options.email, "signs in as well as the id");
    }
    static void with_password(CLI::App* sub, MemberOptions& options) {
        sub->add_option("--password-file", options.password_file,
                        "its first line is the password; - is standard input; without it one is made and shown");
    }

    void members() {
        auto* user = app_.add_subcommand("user", "who signs in, and with which roles");
        user->require_subcommand(1);
        auto* add = member(*user, "add", "a new member", o_.add_, user_add);
        with_member(add, o_.add_);
        with_password(add, o_.add_);
        add->add_flag("--service", o_.add_.service, "a program: holds keys, never signs in");
        with_member(member(*user, "change", "name, e-mail or roles (all of them anew)", o_.change_, user_change),
                    o_.change_);
        member(*user, "disable", "out at once: sessions and keys are gone", o_.disable_, user_disable);
        member(*user, "enable", "may sign in again", o_.enable_, user_enable);
        with_password(member(*user, "password", "a new password; sessions end", o_.password_, user_password),
                      o_.password_);
        member(*user, "list", "all members", o_.members_, user_list, false);

        auto* key = app_.add_subcommand("key", "keys for programs");
        key->require_subcommand(1);
        auto* make = member(*key, "create", "a new key, printed last and only once", o_.make_key_, key_create, false);
        make->add_option("--scope", o_.make_key_.scope, "intake (observations in), read or write")->required();
        o_.make_key_.id = "service";
        make->add_option("--owner", o_.make_key_.id, "member; made as a service when there is none")
            ->capture_default_str();
        make->add_option("--label", o_.make_key_.label, "what it is for");
        auto* revoke = member(*key, "revoke", "the key works no longer, at once", o_.revoke_, key_revoke, false);
        revoke->add_option("KEY", o_.revoke_.id, "the key's number in baton key list")->required();
        member(*key, "list", "all keys, without what proves them", o_.keys_, key_list, false);

        auto* trail = member(app_, "audit", "who changed what, newest first", o_.audit_, audit, false);
        trail->add_option("--limit", o_.audit_.limit, "so many at most")->capture_default_str();
        auto& s = o_.settings_;
        auto* set =
            command<SettingsOptions>(app_, "settings", "show or change what holds for the whole store", s, settings);
        with_store(set, s);
        set->add_option("--phone-region", s.phone_region,
                        "country whose phone numbers need no code in front, as two letters: DE");
        set->add_option("--tracking", s.tracking, "how much of visitors is kept: full, cookieless or none")
            ->check(CLI::IsMember({"full", "cookieless", "none"}));
        set->add_flag("--no-phone-region", s.no_phone_region, "no such country any more");
    }

    CLI::App* source(CLI::App& parent, const char* name, const char* what, SourceOptions& options,
                     int (*act)(const Context&, const SourceOptions&), bool named = true) {
        auto* sub = command<SourceOptions>(parent, name, what, options, act);
        if (named) sub->add_option("NAME", options.name, "the source's name")->required();
        with_store(sub, options);
        return sub;
    }
    void sources() {
        auto* parent = app_.add_subcommand("source", "forms and hooks that answers come in by (docs/FORMS.md)");
        parent->require_subcommand(1);
        auto& o = o_.add_source_;
        auto* add = source(*parent, "add", "a new source, or its definition anew", o, source_add);
        add->add_option("--file", o.file, "its definition in YAML; - is standard input")->required();
        add->add_option("--kind", o.kind,
                        "form, hubspot-form, web-to-lead, google, typeform, calendly, meta, linkedin or signed; "
                        "where the file does not say it");
        auto* secret = add->add_option("--secret", o.secret, "what a provider signs with; without it the one it has");
        add->add_option("--secret-file", o.secret_file, "its first line is the secret; other users cannot see it there")
            ->excludes(secret);
        auto* token = add->add_option("--access-token", o.token, "meta, linkedin: what the answers are fetched with");
        add->add_option("--access-token-file", o.token_file, "the same, as the first line of a file")->excludes(token);
        auto* verify = add->add_option("--verify-token", o.verify_token, "meta: what it shows before it calls");
        add->add_option("--verify-token-file", o.verify_token_file, "the same, as the first line of a file")
            ->excludes(verify);
        source(*parent, "list", "all sources and where their calls go", o_.sources_, source_list, false);
        source(*parent, "show", "a source's definition", o_.show_source_, source_show);
        source(*parent, "remove", "takes nothing any more, at once", o_.remove_source_, source_remove);
    }

    void views() {
        auto* parent = app_.add_subcommand("view", "filters of the list of leads that have a name");
        parent->require_subcommand(1);
        with_store(
            command<ViewOptions>(*parent, "list", "all views, those that come with Baton first", o_.views_, view_list),
            o_.views_);
        auto& o = o_.save_view_;
        auto* save =
            command<ViewOptions>(*parent, "save", "a view for everybody, or the one of that name anew", o, view_save);
        save->add_option("NAME", o.name, "letters, digits, - and _")->required();
        save->add_option("--filter", o.filter, "whom it shows, in the criteria language: person.employees >= 200")
            ->required();
        save->add_option("--label", o.label, "what people read");
        save->add_option("--sort", o.sort, "updated, score or entered")->capture_default_str();
        with_store(save, o);
        auto* remove = command<ViewOptions>(*parent, "delete", "a view nobody needs", o_.delete_view_, view_delete);
        remove->add_option("NAME", o_.delete_view_.name, "the view's name")->required();
        with_store(remove, o_.delete_view_);
    }

    void living() {
        auto& d = o_.demo_;
        auto* sub =
            command<DemoOptions>(app_, "demo", "a demonstration company: two years of a software firm", d, demo);
        with_store(sub, d);
        sub->add_option("--seed", d.seed, "another number, another company")->capture_default_str();
        sub->add_option("--until", d.until, "when its two years end; default: now");
        sub->add_option("--people", d.people, "how many")->capture_default_str();
        sub->add_option("--playbook", d.playbook, "name or file; default: handoff-loop");
        auto& s = o_.serve_;
        auto* run_server = command<ServeOptions>(app_, "serve", "run the server", s, serve);
        with_store(run_server, s);
        // script/server gives these three; what it is told besides comes later, and holds.
        run_server->add_option("--listen", s.listen, "address and port")->capture_default_str()->take_last();
        run_server
            ->add_option("--playbook", s.playbook, "name or file, for a store that has none; default: handoff-loop")
            ->take_last();
        run_server->add_option("--token", s.token, "asked of every caller; needed beyond this machine")
            ->envname("BATON_TOKEN");
        auto* certificate =
            run_server->add_option("--tls-certificate", s.certificate, "PEM file with its chain: serve TLS");
        certificate->needs(run_server->add_option("--tls-key", s.key, "PEM file")->needs(certificate));
        run_server->add_option("--proxy", s.proxies,
                               "address or network whose X-Forwarded-For and -Proto are believed; may be repeated");
        run_server->add_option("--allow-origin", s.origins,
                               "site whose pages may call with a key, https://www.example.com or *; may be repeated");
        run_server->add_option("--fetch-from", s.fetch_from,
                               "base address of a source inside our own network, as its definition has it: answers "
                               "of leads may be fetched from it (several times)");
        run_server->add_option("--requests-per-minute", s.requests_per_minute, "of one caller; 0: no limit")
            ->capture_default_str();
        run_server->add_option("--import-folder", s.import_folder,
                               "where uploaded files wait; default: STORE.imports, on PostgreSQL none");
        run_server->add_option("--import-mib", s.import_mib, "MiB an uploaded file may have")
            ->check(CLI::Range(1, 65'536))
            ->capture_default_str();
        run_server->add_flag("--demo", s.demo, "fill an empty store with a demonstration company that keeps living");
    }

    const Context& context_;
    Options o_;
    CLI::App app_;
    std::function<int()> chosen_;
};

}  // namespace

int run(std::vector<std::string> arguments, const Wiring& wiring, const Screen& screen) {
    const Context context{wiring, screen};
    return Arguments(context).run(std::move(arguments));
}

}  // namespace baton::cli
