/**
 * Errors of the operating system and the network: by code, a hint how to fix them. Other codes are reported with the
 * system's message alone.
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
    hint: "Give the user who runs medalc read and write permission for the project folder: `ls -ld` shows the permissions.",
  },
  { codes: ["EROFS"], hint: "The file system is read-only: run medalc in a writable folder." },
  { codes: ["ENOSPC"], hint: "The disk is full: free some space, then try again." },
  { codes: ["EDQUOT"], hint: "The disk quota of this user is exceeded: free some space, then try again." },
  { codes: ["EFBIG"], hint: "The file would be larger than this system allows: see `ulimit -f`." },
  {
    codes: ["ENOTDIR"],
    hint: "A file exists where a folder is expected: move it, or choose another folder.",
  },
  { codes: ["EISDIR"], hint: "A folder exists where a file is expected: move it, or choose a file." },
  { codes: ["EEXIST", "ENOTEMPTY"], hint: "The name is already taken: move or rename the existing file or folder." },
  { codes: ["ENOENT"], hint: "The file or folder was deleted, or a symbolic link is broken: see `ls -l`." },
  { codes: ["ELOOP"], hint: "Symbolic links form a loop: remove one of them." },
  { codes: ["ENAMETOOLONG"], hint: "The path is too long for this file system: choose shorter names." },
  { codes: ["EMFILE", "ENFILE"], hint: "Too many files are open: raise the limit with `ulimit -n 4096`." },
  { codes: ["EBUSY", "ETXTBSY"], hint: "Another program is using it: close that program, then try again." },
  { codes: ["EXDEV"], hint: "The folders are on different file systems: keep the project on one." },
  {
    codes: ["EIO", "ESTALE", "ENXIO", "ENODEV", "ETIMEDOUT"],
    hint: "The disk or network share reported an error: check it, then try again.",
  },
  {
    codes: ["ENOMEM", "EAGAIN"],
    hint: "The system is out of memory or processes: close other programs, then try again.",
  },
  {
    codes: ["EINVAL", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"],
    hint: "This file system does not support the operation: use a local disk.",
  },
  {
    codes: ["ERR_FS_FILE_TOO_LARGE", "ERR_STRING_TOO_LONG"],
    hint: "The file is too large to be read: check that it is the right one.",
  },
  { codes: ["ERR_INVALID_ARG_VALUE"], hint: "A path cannot contain a NUL character: remove it." },
];

const NETWORK_ERRORS: readonly SystemError[] = [
  {
    codes: ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL"],
    hint: "The host name cannot be resolved: check its spelling and the network.",
  },
  { codes: ["ECONNREFUSED"], hint: "Nothing is listening at this address: check the address and the port." },
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
    hint: "Check the network, then try again.",
  },
];

/** Not related to a location in a program. */
const NOWHERE: Span = { file: "", start: 0, end: 0 };

/** The diagnostic for a system error; undefined for other errors, which are bugs in medalc. */
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

/** The hint for an error of the file system. */
export function fileHint(error: unknown): { readonly hint?: string } {
  const hint = error instanceof Error && "code" in error ? hintOf(FILE_ERRORS, String(error.code)) : undefined;
  return hint === undefined ? {} : { hint };
}

function hintOf(errors: readonly SystemError[], code: string): string | undefined {
  return errors.find(({ codes }) => codes.includes(code))?.hint;
}
