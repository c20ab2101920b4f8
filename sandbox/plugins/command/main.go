// The sandbox's stand-in for the plugin of @pulumi/command 1.2.1, on the SSH library that it is made
// of. The engine gives its address as the last argument, and reads the port.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"sandbox/plugins/command/server"
)

func main() {
	end := make(chan os.Signal, 1)
	// The engine ends a plugin with SIGINT, and with SIGKILL five seconds later.
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	plugin := server.New(func() { end <- syscall.SIGTERM })
	if err := start(plugin, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-command:", err)
		os.Exit(1)
	}
	<-end
	plugin.Stop()
}

func start(plugin *server.Server, arguments []string) error {
	if len(arguments) > 0 {
		if err := plugin.Connect(arguments[len(arguments)-1]); err != nil {
			return err
		}
	}
	port, err := plugin.Listen()
	if err == nil {
		fmt.Println(port)
	}
	return err
}
