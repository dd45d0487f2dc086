declare module "demo:files" {
  /** Texts by their paths below `media/demo`; the build makes this module (build/plugins.mjs). */
  export const DEMO_FILES: Readonly<Record<string, string>>;
}
