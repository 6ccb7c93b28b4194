/**
 * The shell completion scripts. They contain no commands or options but call `medalc __complete`, so that they stay valid
 * when medalc is updated.
 */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

export const scripts: Readonly<Record<Shell, { readonly install: string; readonly script: string }>> = {
  bash: {
    install: "echo 'source <(medalc completion bash)' >> ~/.bashrc",
    // Bash splits words at `:` and `=`, and replaces only the part after the last one.
    script: `_medalc() {
  local line="\${COMP_LINE:0:COMP_POINT}" words current prefix candidate
  IFS=$' \\t' read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  current="\${words[\${#words[@]}-1]}"
  prefix="\${current%"\${current##*[=:]}"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    COMPREPLY+=("\${candidate#"$prefix"}")
  done < <("$1" __complete "=$current" "\${words[@]:1:\${#words[@]}-2}" 2> /dev/null)
}
complete -o bashdefault -o default -F _medalc medalc
`,
  },
  zsh: {
    install: "echo 'source <(medalc completion zsh)' >> ~/.zshrc   # behind compinit",
    script: `#compdef medalc
_medalc() {
  local -a lines
  lines=("\${(@f)$(medalc __complete "=\${words[CURRENT]}" "\${(@)words[2,CURRENT-1]}" 2> /dev/null)}")
  lines=(\${lines:#})
  if (( \${#lines} )); then
    compadd -- "\${(@)lines%%$'\\t'*}"
  else
    _files
  fi
}
if [[ "$funcstack[1]" == "_medalc" ]]; then _medalc "$@"; else compdef _medalc medalc; fi
`,
  },
  fish: {
    install: "medalc completion fish > ~/.config/fish/completions/medalc.fish",
    script: `function __medalc_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (medalc __complete "=$current" $before[2..-1] 2> /dev/null)
    if set -q lines[1]
        printf '%s\\n' $lines
    else
        __fish_complete_path "$current"
    end
end
complete -c medalc -f -a '(__medalc_complete)'
`,
  },
  powershell: {
    install: "Add-Content $PROFILE 'medalc completion powershell | Out-String | Invoke-Expression'",
    script: `Register-ArgumentCompleter -Native -CommandName medalc -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
  medalc __complete "=$wordToComplete" @before 2> $null | ForEach-Object {
    $text, $description = $_ -split "\\t", 2
    if (-not $description) { $description = $text }
    [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $description)
  }
}
`,
  },
};
