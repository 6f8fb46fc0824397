"""Ways of operating an installation that lose files, or take a working program out of service."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

UPGRADES = "tests/integration/test_upgrades_under_way.py"
ORPHANS = "tests/integration/test_no_orphans.py"
READING = "tests/integration/test_reading_leaves_nothing.py"

OF_OPERATING: tuple[Sabotage, ...] = (
    Sabotage(
        "later-schema-unready",
        "a program of before is taken out of service by an upgrade that it could serve",
        "engine/store/migrate.py",
        "        if found is None or found < own:\n",
        "        if found is None or found != own:\n",
        (UPGRADES + "::TestSchema::test_an_older_web_goes_on_on_a_later_schema",),
    ),
    Sabotage(
        "contracted-schema-ready",
        "a program stays in service on a schema that no longer serves it",
        "engine/store/migrate.py",
        "    if oldest is None or oldest <= own:\n",
        "    if True:\n",
        (UPGRADES + "::TestSchema::test_a_schema_that_serves_it_no_more_takes_it_out_of_service",),
    ),
    Sabotage(
        "files-of-another-machine",
        "a machine with a folder of files of its own is ready",
        "server/own_files.py",
        "    if wanted is not None and runtime.files.name() != wanted:\n",
        "    if False:\n",
        (UPGRADES + "::TestFiles::test_a_machine_with_a_folder_of_its_own_is_not_ready",),
    ),
    Sabotage(
        "starts-with-other-files",
        "a process starts with a folder of files of its own",
        "wsgi.py",
        "check_files_at_start(_runtime)\n",
        "",
        (UPGRADES + "::TestFiles::test_it_does_not_start_and_says_what_to_do",),
    ),
    Sabotage(
        "orphans-of-a-signal",
        "a signal ends the demonstration and leaves its processes",
        "cli/demo/stopping.py",
        "ASKING = (signal.SIGTERM, ",
        "ASKING = (signal.SIGUSR1, ",
        (ORPHANS + "::test_no_child_outlives_its_supervisor[SIGTERM]",),
    ),
    Sabotage(
        "orphans-of-a-kill",
        "a killed demonstration leaves its web process",
        "cli/demo/processes.py",
        'tied([sys.executable, "-m", "cli", *arguments]),',
        '[sys.executable, "-m", "cli", *arguments],',
        (ORPHANS + "::test_no_child_outlives_its_supervisor[SIGKILL]",),
    ),
    Sabotage(
        "key-of-a-reader",
        "a command that reads makes the data folder and a secret key",
        "engine/settings.py",
        "        self._known, self._data = given, data\n",
        "        self._known, self._data = given or (_kept_key(data),), data\n",
        (READING + "::test_without_a_database_nothing_is_made[db status]",),
    ),
    Sabotage(
        "wheel-without-content",
        "the wheel leaves out procedures and migrations",
        "setup.cfg",
        "packages = find_namespace:",
        "packages = find:",
        ("tests/integration/test_wheel.py::test_every_file_of_the_product_is_in_it",),
    ),
    Sabotage(
        "file-as-text",
        "a generated client reads a file as text",
        "api/openapi_words.py",
        '            told["schema"] = dict(_BINARY)\n',
        "            pass\n",
        ("tests/unit/test_openapi_rules.py::test_files_are_binary",),
    ),
)
