"""The deny list: operations that reach outside of the model, with what each could do in plain words.

A list of this kind is never complete. It is read next to ``security.known_operations``, and neither takes the place of
a sandbox: https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md calls every model a program.
"""

from fnmatch import fnmatchcase
from functools import cache
from typing import Literal

Reach = Literal["code", "write", "read", "network", "hidden", "print", "stop"]

_PYTHON = (
    "Calls a Python function of the program that loads the model. In a program that has such a function it runs it."
)
_READS_DATA = "Reads records from files whose names are in the model or in its input, and passes their content on."
_ITERATES = "Opens and reads files whose names are in the model or in its input."
_DEBUG = "Passes on what goes through it to files or network addresses that the model names."
_OTHER_HOST = "Talks to other processes or machines over the network."
_NAMED_FILE = "Reads a file whose name is in the model or in its input."
_HIDDEN = "Runs a graph or a program that is packed into data, where this scan cannot see its operations."

# patterns of names -> (what it reaches, what it could do); the first that fits counts
_PATTERNS: tuple[tuple[str, Reach, str], ...] = (
    ("PyFunc", "code", _PYTHON),
    ("PyFuncStateless", "code", _PYTHON),
    ("EagerPyFunc", "code", _PYTHON),
    ("WriteFile", "write", "Writes any content into any file that the server may write: it can replace programs."),
    ("Abort", "stop", "Ends the program that runs the model, with everything else that it does."),
    ("Debug*Identity*", "write", _DEBUG),
    ("DebugNanCount", "write", _DEBUG),
    ("DebugNumericSummary*", "write", _DEBUG),
    ("DumpTensor", "write", "Writes what passes through it into a folder on the server."),
    ("CalibrationStatisticsSaver", "write", "Writes statistics into a file on the server."),
    ("DistributedSave", "write", "Writes a stream of records into a folder on the server or on other machines."),
    ("ReadFile", "read", "Reads any file that the server may read, a key or a password among them, and can return it."),
    ("*MatchingFiles*", "read", "Lists the names of files on the server."),
    ("WholeFileReader*", "read", _ITERATES),
    ("IdentityReader*", "read", _ITERATES),
    ("*RecordReader*", "read", _ITERATES),
    ("TextLineReader*", "read", _ITERATES),
    ("*LMDBReader*", "read", _ITERATES),
    ("RecordInput", "read", _ITERATES),
    ("*LMDBDataset*", "read", _READS_DATA),
    ("TextLineDataset*", "read", _READS_DATA),
    ("ExperimentalCSVDataset", "read", _READS_DATA),
    ("CSVDataset*", "read", _READS_DATA),
    ("TFRecordDataset*", "read", _READS_DATA),
    ("FixedLengthRecord*", "read", _READS_DATA),
    ("*SqlDataset", "read", "Opens a database file and runs a query on it."),
    ("*LoadDataset*", "read", _READS_DATA),
    ("*SaveDataset*", "write", "Writes a stream of records into a folder on the server."),
    ("DatasetToTFRecord", "write", "Writes a stream of records into a file on the server."),
    ("ExperimentalDatasetToTFRecord", "write", "Writes a stream of records into a file on the server."),
    ("*Snapshot*", "write", "Writes records into a folder on the server, and reads them again."),
    ("CacheDataset*", "write", "Can write what passes through it into files on the server."),
    ("Save", "write", "Writes variables into a file whose name is in the model or in its input."),
    ("SaveSlices", "write", "Writes variables into a file whose name is in the model or in its input."),
    ("Restore", "read", "Reads tensors from a file whose name is in the model or in its input."),
    ("RestoreSlice", "read", "Reads tensors from a file whose name is in the model or in its input."),
    ("DTensorRestoreV2", "read", _NAMED_FILE),
    ("LoadAndRemapMatrix", "read", _NAMED_FILE),
    ("GenerateVocabRemapping", "read", _NAMED_FILE),
    ("FixedUnigramCandidateSampler", "read", _NAMED_FILE),
    ("Skipgram", "read", _NAMED_FILE),
    ("*ImmutableConst", "read", "Maps any file of the server into memory and reads it as numbers."),
    ("PrintV2", "print", "Prints to the server's log, or appends to a file that it names: it can write there."),
    ("Print", "print", "Prints what passes through it to the server's log."),
    ("*SummaryWriter*", "write", "Opens a file for log entries at a place that the model or its input names."),
    ("*SummaryDbWriter*", "write", "Opens a database file for log entries at a place that the model names."),
    ("Write*Summary", "write", "Writes log entries into a file on the server."),
    ("WriteRawProtoSummary", "write", "Writes log entries into a file on the server."),
    ("ImportEvent", "write", "Writes log entries into a file on the server."),
    ("*Summary*", "print", "Makes log entries of what passes through it; another operation may write them to a file."),
    ("InitializeTableFromTextFile*", "read", "Reads a file as a vocabulary; usual for a file among the assets."),
    ("LookupTableFromTextFile*", "read", "Reads a file as a vocabulary; usual for a file among the assets."),
    ("DecodeProto*", "read", "Can read a file that describes messages, at a place that the model names."),
    ("EncodeProto*", "read", "Can read a file that describes messages, at a place that the model names."),
    ("Rpc*", "network", _OTHER_HOST),
    ("TryRpc*", "network", _OTHER_HOST),
    ("*DataServiceDataset*", "network", _OTHER_HOST),
    ("RegisterDataset*", "network", _OTHER_HOST),
    ("Collective*", "network", _OTHER_HOST),
    *((name, "network", _OTHER_HOST) for name in ("Send", "Recv", "_Send", "_Recv", "_HostSend", "_HostRecv")),
    ("_Nccl*", "network", _OTHER_HOST),
    ("FileSystemSetConfiguration", "network", "Changes how the program reaches a file system of other machines."),
    ("*BigQuery*", "network", _OTHER_HOST),
    ("*Bigtable*", "network", _OTHER_HOST),
    ("*PubSub*", "network", _OTHER_HOST),
    ("*Kafka*", "network", _OTHER_HOST),
    ("RemoteCall", "network", "Runs a function on another device, possibly of another machine."),
    ("*Distributed*TPU*", "network", _OTHER_HOST),
    ("DatasetFromGraph", "hidden", _HIDDEN),
    (
        "XlaCustomCall*",
        "code",
        "Calls machine code that is registered in the program under a name that the model gives.",
    ),
    ("XlaCallModule", "hidden", _HIDDEN),
    ("*XlaHostCompute*", "hidden", _HIDDEN),
    ("MlirPassthroughOp", "hidden", _HIDDEN),
    ("*TPUCompile*", "hidden", _HIDDEN),
    ("TRTEngineOp", "hidden", _HIDDEN),
    ("RemoteFusedGraphExecute", "hidden", _HIDDEN),
    ("TPUExecute*", "hidden", _HIDDEN),
    ("TfLite*", "hidden", _HIDDEN),
    # whatever else calls itself a reader, of this TensorFlow or of another
    ("*Reader*", "read", _ITERATES),
)

_KEEPING = {
    "SaveV2": "Writes the variables into a file. Every SavedModel has it for its own saving",
    "RestoreV2": "Reads the variables from a file. Every SavedModel has it for its own loading",
    "MergeV2Checkpoints": "Joins the files of a checkpoint, and can delete the parts. Every SavedModel has it",
    "ShardedFilename": "Makes the name of a checkpoint's file. Every SavedModel has it",
    "StaticRegexFullMatch": "Looks at the name of a checkpoint's file. Every SavedModel has it",
}
# These two touch no file by themselves, so they are harmless wherever they stand.
_HARMLESS_KEEPING = {"ShardedFilename", "StaticRegexFullMatch"}


@cache
def risk_of(operation: str) -> tuple[Reach, str] | None:
    """Return what ``operation`` reaches and what it could do; None when it is not on the list."""
    for pattern, reach, words in _PATTERNS:
        if fnmatchcase(operation, pattern):
            return reach, words
    return None


def keeping(operation: str) -> str | None:
    """Return what one of TensorFlow's own saving operations does; None for any other operation."""
    return _KEEPING.get(operation)


def touches_files(operation: str) -> bool:
    """Whether a saving operation is dangerous in a function that somebody calls."""
    return operation in _KEEPING and operation not in _HARMLESS_KEEPING
