/** The actions of a Delta log in the form of the protocol, one per line. Only those that medalc writes or reads. */

export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures?: readonly string[];
  readonly writerFeatures?: readonly string[];
}

export interface Metadata {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> };
  /** JSON of a `DeltaSchema`. */
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
  readonly createdTime?: number;
}

export interface AddFile {
  /** Relative to the table's folder, percent-encoded. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modificationTime: number;
  readonly dataChange: boolean;
  /** JSON. */
  readonly stats?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly deletionVector?: unknown;
}

export interface RemoveFile {
  readonly path: string;
  readonly deletionTimestamp: number;
  readonly dataChange: boolean;
}

export interface CommitInfo {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly operation: string;
  readonly operationParameters: Readonly<Record<string, string>>;
  readonly readVersion?: number;
  readonly isBlindAppend: boolean;
  readonly engineInfo: string;
  readonly operationMetrics: Readonly<Record<string, string>>;
  /** JSON that a later run needs to know about the commit. */
  readonly userMetadata?: string;
}

export interface Action {
  readonly protocol?: Protocol;
  readonly metaData?: Metadata;
  readonly add?: AddFile;
  readonly remove?: RemoveFile;
  readonly commitInfo?: CommitInfo;
}

/** The tag of a file with the SHA-256 of its content, which shows whether the file was changed. */
export const HASH_TAG = "medalc.sha256";

/** Readable by Spark 2.4 and Synapse serverless: no deletion vectors, no column mapping, no table features. */
export const PROTOCOL: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };
