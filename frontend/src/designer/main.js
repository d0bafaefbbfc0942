// designer
