package local

import (
	"fmt"
	"strings"

	"github.com/gobwas/glob"
)

// Rules of assetPaths and archivePaths: the last one that matches a file takes it or leaves it out.
type rules []rule

type rule struct {
	pattern glob.Glob
	takes   bool
}

// A leading ! leaves out what the pattern names.
func compileRules(patterns []string) (rules, error) {
	var rules rules
	for _, pattern := range patterns {
		named, isExclusion := strings.CutPrefix(pattern, "!")
		compiled, err := glob.Compile(named, '/')
		if err != nil {
			return nil, fmt.Errorf("the path pattern %q cannot be read: %w", pattern, err)
		}
		rules = append(rules, rule{compiled, !isExclusion})
	}
	return rules, nil
}

func (rules rules) take(path string) bool {
	takes := false
	for _, rule := range rules {
		if rule.pattern.Match(path) {
			takes = rule.takes
		}
	}
	return takes
}
