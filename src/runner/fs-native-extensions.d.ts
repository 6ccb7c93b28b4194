/** The part of the package that is used here; it has no types of its own. */
declare module "fs-native-extensions" {
  /** False where another open file has the lock. Throws where the file system has no locks. */
  export function tryLock(fd: number, offset?: number, length?: number): boolean;
}
