# SPDX-License-Identifier: GPL-2.0-or-later
# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_svadiff_global_optspecs
    string join \n h/help V/version
end

function __fish_svadiff_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_svadiff_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_svadiff_using_subcommand
    set -l cmd (__fish_svadiff_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c svadiff -n "__fish_svadiff_needs_command" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_needs_command" -s V -l version -d 'Print version'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "models" -d 'The models by branch, with the releases each stands for; or the model of a release'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "trace" -d 'Run a case and print what each model does'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "diff" -d 'Run a case on two models and show where they differ'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "bisect" -d 'Run a case on all models and name the commits that change its behaviour'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "conform" -d 'Compare the models with recorded traces of the kernel\'s own code'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "compare" -d 'Find every way in which two models differ in a universe'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "check" -d 'Find all behaviour of a model that no kernel may show'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "why" -d 'Name every way in which an operation produces a result on a model'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "matrix" -d 'Compare every pair of models in one universe'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "hunt" -d 'Find differences between two models with random cases, at full speed'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "race" -d 'Run a program on several CPUs under every interleaving'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "minimize" -d 'Make a case smaller while it shows the same difference'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "ledger" -d 'List the known differences, or check that the list is complete'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "report" -d 'Print a finding as plain text for a mail, which replay reads back'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "replay" -d 'Check the claims of a counterexample, or of a mail, by running its case again'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "from-artifact" -d 'Make a counterexample from the bytes at which a fuzz target stopped'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "explain" -d 'Tell what a case does on each kernel, step by step, with source lines and history'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "schema" -d 'Print the JSON Schema of a file, or of what a command prints with --json'
complete -c svadiff -n "__fish_svadiff_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c svadiff -n "__fish_svadiff_using_subcommand models" -l of -d 'Name the model of this release, as a distribution writes it and uname -r prints it' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand models" -l log -d 'Add the commits that a tree has on top of the release: what git log prints there, whole or with --oneline' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand models" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand models" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand models" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand models" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_using_subcommand trace" -l model -d 'A model to run, by its name or by a release; by default all models' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand trace" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand trace" -l case -d 'A case as text, like \'bind 0 0; unbind 0\', instead of FILE' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand trace" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand trace" -l all -d 'Print each model in full, even if others do the same'
complete -c svadiff -n "__fish_svadiff_using_subcommand trace" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand trace" -l jsonl -d 'FILE has a row {"id": …, "case": {…}} on each line; print {"id": …, "traces": {…}} for each'
complete -c svadiff -n "__fish_svadiff_using_subcommand trace" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_using_subcommand diff" -l case -d 'A case as text, like \'bind 0 0; unbind 0\', instead of FILE' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand diff" -l from -d 'The first model, if it is not named in place' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand diff" -l to -d 'The second model' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand diff" -l view -d 'A view to compare; by default api, splat and leak' -r -f -a "api\t'What each operation returned'
splat\t'What dmesg says'
leak\t'What is left after the teardown'
driver\t'The driver callbacks'
state\t'What exists after each operation'"
complete -c svadiff -n "__fish_svadiff_using_subcommand diff" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand diff" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand diff" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand bisect" -l case -d 'A case as text, like \'bind 0 0; unbind 0\', instead of FILE' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand bisect" -l view -d 'A view to compare; by default api, splat and leak' -r -f -a "api\t'What each operation returned'
splat\t'What dmesg says'
leak\t'What is left after the teardown'
driver\t'The driver callbacks'
state\t'What exists after each operation'"
complete -c svadiff -n "__fish_svadiff_using_subcommand bisect" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand bisect" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand bisect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand conform" -l model -d 'A model to run, by its name or by a release; by default all models' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand conform" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand conform" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand conform" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand conform" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l from -d 'The first model, if it is not named in place' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l to -d 'The second model' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l view -d 'A view to compare; by default api, splat and leak' -r -f -a "api\t'What each operation returned'
splat\t'What dmesg says'
leak\t'What is left after the teardown'
driver\t'The driver callbacks'
state\t'What exists after each operation'"
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l html -d 'Write a page of HTML for each finding into this directory, and an index' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l out -d 'Write each finding as a file into this directory' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l devices -d 'How many devices' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l groups -d 'How they are grouped: every (way is a topology), own, one, or a number for each device' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l max-pasids -d 'PASID limit of all devices, or of each' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l mms -d 'How many mms' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l pasids -d 'The PASIDs that attach and page_request name; by default 0, those that mms can have, and those around the limits of the devices' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l ops -d 'How many operations at most; 4 unless --binds is given' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l binds -d 'How many operations hold something at the same time at most; sequences then have any length, unless --ops is given' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l cpus -d 'How many CPUs run the operations, under every interleaving' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l only -d 'Only these operations; by default all, or with --binds or --cpus those of the callers of the SVA calls' -r -f -a "bind\t''
unbind\t''
get_pasid\t''
fork\t''
exit\t''
alloc_pasid\t''
free_pasid\t''
attach\t''
detach\t''
page_request\t''
enqcmd_pasid\t''
reset_begin\t''
reset_done\t''"
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l faults -d 'Let operations fail at these sites, or at all of them' -r -f -a "all\t''
handle_alloc\t''
mm_data_alloc\t''
pasid_alloc\t''
domain_alloc\t''
pasid_array\t''
set_dev_pasid\t''"
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l universe -d 'Read the universe from a file' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l threads -d 'Number of threads; the findings do not depend on it [default: all cores]' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l max-states -d 'Stop when this many states are kept' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l max-memory -d 'Stop when the states take this much memory: bytes, or with K, M or G' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l max-seconds -d 'Stop after this many seconds' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l checkpoint -d 'Save the search in this file, every minute and when it stops' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l mail -d 'Print plain text for a mail, which replay reads back'
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l tags -d 'With --mail: add the Fixes: lines that patches would have'
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -l resume -d 'Continue from the checkpoint'
complete -c svadiff -n "__fish_svadiff_using_subcommand compare" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l out -d 'Write each finding as a file into this directory' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l devices -d 'How many devices' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l groups -d 'How they are grouped: every (way is a topology), own, one, or a number for each device' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l max-pasids -d 'PASID limit of all devices, or of each' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l mms -d 'How many mms' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l pasids -d 'The PASIDs that attach and page_request name; by default 0, those that mms can have, and those around the limits of the devices' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l ops -d 'How many operations at most; 4 unless --binds is given' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l binds -d 'How many operations hold something at the same time at most; sequences then have any length, unless --ops is given' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l cpus -d 'How many CPUs run the operations, under every interleaving' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l only -d 'Only these operations; by default all, or with --binds or --cpus those of the callers of the SVA calls' -r -f -a "bind\t''
unbind\t''
get_pasid\t''
fork\t''
exit\t''
alloc_pasid\t''
free_pasid\t''
attach\t''
detach\t''
page_request\t''
enqcmd_pasid\t''
reset_begin\t''
reset_done\t''"
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l faults -d 'Let operations fail at these sites, or at all of them' -r -f -a "all\t''
handle_alloc\t''
mm_data_alloc\t''
pasid_alloc\t''
domain_alloc\t''
pasid_array\t''
set_dev_pasid\t''"
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l universe -d 'Read the universe from a file' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l threads -d 'Number of threads; the findings do not depend on it [default: all cores]' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l max-states -d 'Stop when this many states are kept' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l max-memory -d 'Stop when the states take this much memory: bytes, or with K, M or G' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l max-seconds -d 'Stop after this many seconds' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l checkpoint -d 'Save the search in this file, every minute and when it stops' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l mail -d 'Print plain text for a mail, which replay reads back'
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l tags -d 'With --mail: add the Fixes: lines that patches would have'
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -l resume -d 'Continue from the checkpoint'
complete -c svadiff -n "__fish_svadiff_using_subcommand check" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_using_subcommand why" -l driver -d 'Of what is outside of the model, show what is about this IOMMU driver' -r -f -a "intel\t''
arm\t''
amd\t''"
complete -c svadiff -n "__fish_svadiff_using_subcommand why" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand why" -l universe -d 'Look in the universe of a file' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand why" -l threads -d 'Number of threads; the findings do not depend on it [default: all cores]' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand why" -l max-states -d 'Stop when this many states are kept' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand why" -l max-memory -d 'Stop when the states take this much memory: bytes, or with K, M or G' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand why" -l max-seconds -d 'Stop after this many seconds' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand why" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand why" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand why" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l html -d 'Write a page of HTML with the matrix of all models, the history and the differences of each pair; - prints it. For one pair, use compare A B --html DIR' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l from -d 'The first model, if it is not named in place' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l to -d 'The second model' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l view -d 'A view to compare; by default api, splat and leak' -r -f -a "api\t'What each operation returned'
splat\t'What dmesg says'
leak\t'What is left after the teardown'
driver\t'The driver callbacks'
state\t'What exists after each operation'"
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l devices -d 'How many devices' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l groups -d 'How they are grouped: every (way is a topology), own, one, or a number for each device' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l max-pasids -d 'PASID limit of all devices, or of each' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l mms -d 'How many mms' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l pasids -d 'The PASIDs that attach and page_request name; by default 0, those that mms can have, and those around the limits of the devices' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l ops -d 'How many operations at most; 4 unless --binds is given' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l binds -d 'How many operations hold something at the same time at most; sequences then have any length, unless --ops is given' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l cpus -d 'How many CPUs run the operations, under every interleaving' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l only -d 'Only these operations; by default all, or with --binds or --cpus those of the callers of the SVA calls' -r -f -a "bind\t''
unbind\t''
get_pasid\t''
fork\t''
exit\t''
alloc_pasid\t''
free_pasid\t''
attach\t''
detach\t''
page_request\t''
enqcmd_pasid\t''
reset_begin\t''
reset_done\t''"
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l faults -d 'Let operations fail at these sites, or at all of them' -r -f -a "all\t''
handle_alloc\t''
mm_data_alloc\t''
pasid_alloc\t''
domain_alloc\t''
pasid_array\t''
set_dev_pasid\t''"
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l universe -d 'Read the universe from a file' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l threads -d 'Number of threads; the findings do not depend on it [default: all cores]' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l max-states -d 'Stop when this many states are kept' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l max-memory -d 'Stop when the states take this much memory: bytes, or with K, M or G' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l max-seconds -d 'Stop after this many seconds' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand matrix" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l from -d 'The first model, if it is not named in place' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l to -d 'The second model' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l view -d 'A view to compare; by default api, splat and leak' -r -f -a "api\t'What each operation returned'
splat\t'What dmesg says'
leak\t'What is left after the teardown'
driver\t'The driver callbacks'
state\t'What exists after each operation'"
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l out -d 'Write each finding as a file into this directory' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l profile -d 'The profile that cases are generated from' -r -f -a "core\t'what SVA\'s callers do, on few devices'
faults\t'the same where allocations and drivers fail'
lifetimes\t'processes that fork, exit, and are gone before they are unbound'
groups\t'many devices in few groups'
foreign-domains\t'drivers with domains and PASIDs of their own, on several instances, with few PASIDs'
races\t'few operations on several CPUs, under a schedule'
wrong-callers\t'callers that release twice, as error paths of drivers have done'
everything\t'all of it, up to the limits and just beyond'"
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l cpus -d 'How many CPUs run the operations, under every interleaving [default: 1, or 2 for the profile races]' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l seed -d 'The seed of the cases; the same seed makes the same cases' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l seconds -d 'Stop after this many seconds [default: 10, or never with --cases]' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l cases -d 'Stop after this many cases' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l known -d 'The folder of the known differences; by default corpus/known if it exists, otherwise the ledger that is built into this program' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l threads -d 'Number of threads; the findings do not depend on it [default: all cores]' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand hunt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand race" -l model -d 'A model to run, by its name or by a release; by default all models' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand race" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand race" -l max-states -d 'Stop when a model has this many states' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand race" -l max-memory -d 'Stop when its states take this much memory: bytes, or with K, M or G' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand race" -l max-seconds -d 'Stop after this many seconds, divided equally among the models' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand race" -l case -d 'A case as text, like \'bind 0 0; unbind 0\', instead of FILE' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand race" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand race" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand race" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -l case -d 'A case as text, like \'bind 0 0; unbind 0\', instead of FILE' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -l from -d 'The first model, if it is not named in place' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -l to -d 'The second model' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -l view -d 'A view to compare, if the file is a case; by default api, splat and leak' -r -f -a "api\t'What each operation returned'
splat\t'What dmesg says'
leak\t'What is left after the teardown'
driver\t'The driver callbacks'
state\t'What exists after each operation'"
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -l difference -d 'Which difference of a case, counted from 1 without consequences' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -l out -d 'Write the counterexample to this file' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -l max-seconds -d 'Stop after this many seconds, with the smallest case so far' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand minimize" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and not __fish_seen_subcommand_from list check entry help" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and not __fish_seen_subcommand_from list check entry help" -f -a "list" -d 'The known differences, by neighbours in history'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and not __fish_seen_subcommand_from list check entry help" -f -a "check" -d 'Check that every entry shows and hides one difference only, and that every difference between neighbours has an entry'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and not __fish_seen_subcommand_from list check entry help" -f -a "entry" -d 'Print an entry for what a counterexample shows, minimized'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and not __fish_seen_subcommand_from list check entry help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from list" -l known -d 'The folder of the entries; by default corpus/known if it exists, otherwise the ledger that is built into this program' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from list" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from check" -l model -d 'Check only the differences between this model and the model that it is built on; by default those of all models' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from check" -l known -d 'The folder of the entries; by default corpus/known if it exists, otherwise the ledger that is built into this program' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from check" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from check" -l threads -d 'Number of threads; the findings do not depend on it [default: all cores]' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from check" -l max-states -d 'Stop when this many states are kept' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from check" -l max-memory -d 'Stop when the states take this much memory: bytes, or with K, M or G' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from check" -l max-seconds -d 'Stop after this many seconds' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from check" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from check" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -l case -d 'A case as text, like \'bind 0 0; unbind 0\', instead of FILE' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -l from -d 'The first model, if it is not named in place' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -l to -d 'The second model' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -l difference -d 'Which difference of a case, counted from 1 without consequences' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -l what -d 'What it is, in one sentence' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -l kind -d 'Whether the change was intended' -r -f -a "intended\t'The commit was made for it, or its message announces it'
regression\t'It is an unintended effect of the commit'"
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -l reference -d 'A Message-ID or a commit that documents it; by default the commit that made it' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from entry" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from help" -f -a "list" -d 'The known differences, by neighbours in history'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from help" -f -a "check" -d 'Check that every entry shows and hides one difference only, and that every difference between neighbours has an entry'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from help" -f -a "entry" -d 'Print an entry for what a counterexample shows, minimized'
complete -c svadiff -n "__fish_svadiff_using_subcommand ledger; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l case -d 'A case as text, like \'bind 0 0; unbind 0\', instead of FILE' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l from -d 'The first model, if it is not named in place' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l to -d 'The second model' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l view -d 'A view to compare, if the file is a case; by default api, splat and leak' -r -f -a "api\t'What each operation returned'
splat\t'What dmesg says'
leak\t'What is left after the teardown'
driver\t'The driver callbacks'
state\t'What exists after each operation'"
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l difference -d 'Which difference of a case, counted from 1 without consequences' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l html -d 'Write one page of HTML, which needs no other file and no network; - prints it' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l svg -d 'Write the timeline alone as a picture; - prints it' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l model -d 'Show this kernel, by its name or by a release, after those of a counterexample; several can be given, and those that do the same are shown once' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l tags -d 'Add the Fixes: line that a patch would have'
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -l markdown -d 'Print Markdown for an issue tracker'
complete -c svadiff -n "__fish_svadiff_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand replay" -l case -d 'A case as text, like \'bind 0 0; unbind 0\', instead of FILE' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand replay" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand replay" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand replay" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_using_subcommand from-artifact" -l out -d 'Write the counterexample to this file' -r -F
complete -c svadiff -n "__fish_svadiff_using_subcommand from-artifact" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand from-artifact" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand from-artifact" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand explain" -l case -d 'A case as text, like \'bind 0 0; unbind 0\', instead of FILE' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand explain" -l from -d 'The first model, if it is not named in place' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand explain" -l to -d 'The second model' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand explain" -l model -d 'One more model to tell about, after those of a counterexample' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand explain" -l view -d 'A view to compare, if models are named; by default api, splat and leak' -r -f -a "api\t'What each operation returned'
splat\t'What dmesg says'
leak\t'What is left after the teardown'
driver\t'The driver callbacks'
state\t'What exists after each operation'"
complete -c svadiff -n "__fish_svadiff_using_subcommand explain" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand explain" -l x86 -d 'The releases that are named are configured for x86'
complete -c svadiff -n "__fish_svadiff_using_subcommand explain" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c svadiff -n "__fish_svadiff_using_subcommand schema" -l form -d 'Print in this form' -r
complete -c svadiff -n "__fish_svadiff_using_subcommand schema" -l json -d 'Print JSON'
complete -c svadiff -n "__fish_svadiff_using_subcommand schema" -s h -l help -d 'Print help'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "models" -d 'The models by branch, with the releases each stands for; or the model of a release'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "trace" -d 'Run a case and print what each model does'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "diff" -d 'Run a case on two models and show where they differ'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "bisect" -d 'Run a case on all models and name the commits that change its behaviour'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "conform" -d 'Compare the models with recorded traces of the kernel\'s own code'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "compare" -d 'Find every way in which two models differ in a universe'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "check" -d 'Find all behaviour of a model that no kernel may show'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "why" -d 'Name every way in which an operation produces a result on a model'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "matrix" -d 'Compare every pair of models in one universe'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "hunt" -d 'Find differences between two models with random cases, at full speed'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "race" -d 'Run a program on several CPUs under every interleaving'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "minimize" -d 'Make a case smaller while it shows the same difference'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "ledger" -d 'List the known differences, or check that the list is complete'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "report" -d 'Print a finding as plain text for a mail, which replay reads back'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "replay" -d 'Check the claims of a counterexample, or of a mail, by running its case again'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "from-artifact" -d 'Make a counterexample from the bytes at which a fuzz target stopped'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "explain" -d 'Tell what a case does on each kernel, step by step, with source lines and history'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "schema" -d 'Print the JSON Schema of a file, or of what a command prints with --json'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and not __fish_seen_subcommand_from models trace diff bisect conform compare check why matrix hunt race minimize ledger report replay from-artifact explain schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and __fish_seen_subcommand_from ledger" -f -a "list" -d 'The known differences, by neighbours in history'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and __fish_seen_subcommand_from ledger" -f -a "check" -d 'Check that every entry shows and hides one difference only, and that every difference between neighbours has an entry'
complete -c svadiff -n "__fish_svadiff_using_subcommand help; and __fish_seen_subcommand_from ledger" -f -a "entry" -d 'Print an entry for what a counterexample shows, minimized'
