/**
 * What the operating system and the network refuse, wherever a command meets it: by code, what it means and the way out.
 * A code that is not listed is reported in the system's own words.
 */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { Span } from "../source.ts";

interface SystemError {
  readonly codes: readonly string[];
  readonly hint: string;
}

const FILE_ERRORS: readonly SystemError[] = [
  {
    codes: ["EACCES", "EPERM"],
    hint: "Give the user who runs medalc the right to read the project and to write below it: `ls -ld` shows who may.",
  },
  { codes: ["EROFS"], hint: "The file system is read-only: run medalc in a folder that can be written." },
  { codes: ["ENOSPC"], hint: "The disk is full: free some space, then run it again." },
  { codes: ["EDQUOT"], hint: "The disk quota of this user is used up: free some space, then run it again." },
  { codes: ["EFBIG"], hint: "The file would be larger than this system allows: see `ulimit -f`." },
  {
    codes: ["ENOTDIR"],
    hint: "A file is in the place of a folder: move it away, or name another folder.",
  },
  { codes: ["EISDIR"], hint: "A folder is in the place of a file: move it away, or name a file." },
  { codes: ["EEXIST", "ENOTEMPTY"], hint: "Something else has this name already: move it away." },
  { codes: ["ENOENT"], hint: "The file or folder is gone, or a symbolic link leads nowhere: see `ls -l`." },
  { codes: ["ELOOP"], hint: "Symbolic links lead in a circle: remove one of them." },
  { codes: ["ENAMETOOLONG"], hint: "The path is too long for this file system: choose shorter names." },
  { codes: ["EMFILE", "ENFILE"], hint: "Too many files are open: raise the limit with `ulimit -n 4096`." },
  { codes: ["EBUSY", "ETXTBSY"], hint: "Another program uses it: close that, then run it again." },
  { codes: ["EXDEV"], hint: "The folders are on different file systems: keep the project on one." },
  {
    codes: ["EIO", "ESTALE", "ENXIO", "ENODEV", "ETIMEDOUT"],
    hint: "The disk or the network share does not answer as it should: check it, then run it again.",
  },
  {
    codes: ["ENOMEM", "EAGAIN"],
    hint: "The system has no memory or processes left: close other programs, then run it again.",
  },
  {
    codes: ["EINVAL", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"],
    hint: "This file system does not support it: use a local disk.",
  },
  {
    codes: ["ERR_FS_FILE_TOO_LARGE", "ERR_STRING_TOO_LONG"],
    hint: "The file is too large to be read whole: is it the right one?",
  },
  { codes: ["ERR_INVALID_ARG_VALUE"], hint: "A path cannot hold the character NUL: fix it." },
];

const NETWORK_ERRORS: readonly SystemError[] = [
  {
    codes: ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL"],
    hint: "The name cannot be resolved: check its spelling and the network.",
  },
  { codes: ["ECONNREFUSED"], hint: "Nothing listens at this address: check the address and the port." },
  {
    codes: [
      "ECONNRESET",
      "ECONNABORTED",
      "EPIPE",
      "ENETUNREACH",
      "EHOSTUNREACH",
      "ENETDOWN",
      "EADDRNOTAVAIL",
      "EADDRINUSE",
    ],
    hint: "Check the network, then run it again.",
  },
];

/** No place in a program is to blame. */
const NOWHERE: Span = { file: "", start: 0, end: 0 };

/** The diagnostic of an error of the system; undefined for any other, which is a bug of ours. */
export function systemProblem(error: unknown): Diagnostic | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const { code } = error;
  if (code === "ERR_INVALID_ARG_VALUE" && !error.message.includes("null bytes")) return undefined;
  const problem = error.message.split("\n", 1)[0] ?? "";
  const file = hintOf(FILE_ERRORS, code);
  const network = hintOf(NETWORK_ERRORS, code);
  const isNetwork = "syscall" in error && /^(?:connect|getaddrinfo|listen|bind|query)/.test(String(error.syscall));
  if (isNetwork || (file === undefined && network !== undefined)) {
    return diagnostic("network-access", NOWHERE, { problem }, network === undefined ? {} : { hint: network });
  }
  if (file === undefined && !("syscall" in error)) return undefined;
  return diagnostic("file-access", NOWHERE, { problem }, file === undefined ? {} : { hint: file });
}

/** What to do about an error of the file system. */
export function fileHint(error: unknown): { readonly hint?: string } {
  const hint = error instanceof Error && "code" in error ? hintOf(FILE_ERRORS, String(error.code)) : undefined;
  return hint === undefined ? {} : { hint };
}

function hintOf(errors: readonly SystemError[], code: string): string | undefined {
  return errors.find(({ codes }) => codes.includes(code))?.hint;
}
